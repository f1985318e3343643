# What export.sh and import.sh share; it comes before them. Credentials go to curl on its standard input, so that no
# list of processes shows them.
set -eu
umask 077
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# fail <reason>: $event is what is being done.
fail() {
    printf '{"event":"%s","outcome":"failed","reason":"%s"}\n' "$event" "$1" >&2
    exit 1
}

api() {
    printf 'user = "%s:%s"\n' "$API_USER" "$API_KEY" |
        curl --config - --silent --show-error --fail-with-body --connect-timeout 5 --max-time 120 "$@"
}

# The value of a member of a flat JSON object: text, then number.
text() { sed -n 's/.*"'"$1"'" *: *"\([^"]*\)".*/\1/p' "$2"; }
number() { sed -n 's/.*"'"$1"'" *: *\([0-9][0-9]*\).*/\1/p' "$2"; }

# A token of the job's identity for the store: $token.
sign_in() {
    printf 'header = "X-IDENTITY-HEADER: %s"\n' "$IDENTITY_HEADER" |
        curl --config - --silent --show-error --fail --retry 3 --retry-connrefused --max-time 60 --output "$work/token" \
            --get --data-urlencode 'resource=https://storage.azure.com/' --data-urlencode 'api-version=2019-08-01' \
            --data-urlencode "client_id=$IDENTITY_CLIENT_ID" "$IDENTITY_ENDPOINT" || fail "the identity gives no token"
    token=$(text access_token "$work/token")
    [ -n "$token" ] || fail "the identity gives no token"
}

# blob <curl's arguments>: a request to the store.
blob() {
    printf 'header = "Authorization: Bearer %s"\n' "$token" |
        curl --config - --silent --show-error --fail --retry 3 --retry-connrefused --max-time 300 \
            --header 'x-ms-version: 2023-11-03' "$@"
}

