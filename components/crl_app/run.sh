# The CRL app's process 1: nginx serves the lists, this loop brings them from the store.
#
#   <nginx.conf as text> <seconds between two rounds> <address of the container> <client id of the identity> <list>...
#
# A list is taken over when it is one, whole, and not older than the one before; else the one before stays, also when the
# store is away. Every round says of each list in one line of JSON how long it is still in force; the alert reads that.
# Secrets go to curl by its standard input: its arguments could be read by every process.
set -u
umask 022

folder=${CRL_FOLDER:-/tmp/crl}
configuration=$1 pause=$2 container=$3 client=$4
shift 4

fetched=$folder/fetched served=$folder/served ready=$folder/ready
mkdir -p "$fetched" "$served"
rm -f "$ready"
printf '%s\n' "$configuration" >"$folder/nginx.conf"
nginx -p "$folder" -c nginx.conf -e stderr -g 'daemon off;' &
server=$! nap=

stop() {
    kill "$nap" 2>/dev/null
    kill -QUIT "$server" 2>/dev/null
    wait "$server"
    exit 0
}
trap stop TERM INT QUIT

# get <secret header> <address> <file>: says the status of the answer, 000 without one.
get() {
    printf 'header = "%s"\n' "$1" |
        curl --config - --silent --fail --max-time 20 --header 'x-ms-version: 2021-12-02' \
            --output "$3" --write-out '%{http_code}' "$2"
}

# token: a token for blobs, from the identity endpoint of Container Apps.
token() {
    address="$IDENTITY_ENDPOINT?api-version=2019-08-01&resource=https://storage.azure.com/&client_id=$client"
    get "X-IDENTITY-HEADER: $IDENTITY_HEADER" "$address" "$fetched/token" >/dev/null &&
        sed -n 's/.*"access_token" *: *"\([^"]*\)".*/\1/p' "$fetched/token"
    rm -f "$fetched/token"
}

# validity <file>: thisUpdate and nextUpdate of the list in seconds since 1970; nothing of what is no list. They are the first
# times in it, and until 2049 they are written YYMMDDhhmmssZ (RFC 5280 5.1.2).
validity() {
    grep -q '^-----END X509 CRL-----' "$1" 2>/dev/null || return 0
    sed -n '/^-----BEGIN X509 CRL-----/,/^-----END X509 CRL-----/{/^-----/!p;}' "$1" |
        base64 -d 2>/dev/null | LC_ALL=C grep -ao '[0-9]\{12\}Z' | head -n 2 |
        sed 's/\(..\)\(..\)\(..\)\(..\)\(..\)\(..\)Z/20\1-\2-\3 \4:\5:\6/' |
        while read -r time; do date -u -d "$time" +%s; done
}

# update <list> <token>: says the status of the store's answer and what became of the list: current, missing, refused,
# older or away.
update() {
    status=$(get "Authorization: Bearer $2" "$container/$1" "$fetched/$1") || {
        if [ "$status" = 404 ]; then echo 404 missing; else echo "$status away"; fi
        return
    }
    new=$(validity "$fetched/$1") old=$(validity "$served/$1")
    if [ "$(echo "$new" | wc -w)" -ne 2 ]; then
        echo "$status refused"
    elif [ -n "$old" ] && [ "$(echo "$new" | head -n 1)" -lt "$(echo "$old" | head -n 1)" ]; then
        echo "$status older"
    else
        mv "$fetched/$1" "$served/$1" && echo "$status current"
    fi
}

# report <list> <status> <what became of it>: the line the alert reads. Half of a list's time is left for its successor.
report() {
    state=absent left=0 life=0
    set -- "$@" $(validity "$served/$1")
    if [ $# -eq 5 ]; then
        left=$(($5 - $(date +%s))) life=$(($5 - $4)) state=current
        if [ "$left" -lt $((life / 2)) ]; then state=due; fi
        if [ "$left" -le 0 ]; then state=expired; fi
    fi
    printf '{"list":"%s","status":"%s","store":"%s","state":"%s","secondsLeft":%d,"secondsOfLife":%d}\n' \
        "$1" "$2" "$3" "$state" "$left" "$life"
}

round=0
while kill -0 "$server" 2>/dev/null; do
    round=$((round + 1)) away=0
    bearer=$(token)
    for list in "$@"; do
        became=$(update "$list" "$bearer")
        case $became in *away) away=1 ;; esac
        # Two words: the status, and what became of it.
        report "$list" $became
    done
    # A new replica without the lists lets the others answer for a while, but not for ever.
    if [ "$away" -eq 0 ] || [ "$round" -ge 5 ]; then : >"$ready"; fi
    sleep "$pause" &
    nap=$!
    wait "$nap"
done
exit 1
