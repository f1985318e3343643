# Sends one request to EMQX's API: to the node that is named, else to the first that answers. The answer is the log.
set -eu
case "$REQUEST_PATH" in
/api/v5/* | /status) ;;
*)
    printf 'REQUEST_PATH: found %s; allowed: /api/v5/... or /status\n' "$REQUEST_PATH" >&2
    exit 2
    ;;
esac

# The key goes to curl on its standard input, so that no list of processes shows it.
ask() {
    printf 'user = "%s:%s"\n' "$API_USER" "$API_KEY" |
        curl --config - --silent --show-error --fail-with-body --connect-timeout 5 --max-time 60 "$@"
}

for address in $API_ADDRESSES; do
    if [ -n "$REQUEST_NODE" ] && [ "$REQUEST_NODE" != "${address%%=*}" ]; then
        continue
    fi
    set -- --request "$REQUEST_METHOD" "${address#*=}$REQUEST_PATH"
    if [ -n "$REQUEST_BODY" ]; then
        set -- --header 'Content-Type: application/json' --data "$REQUEST_BODY" "$@"
    fi
    code=0
    ask "$@" || code=$?
    case "$code" in
    0)
        echo
        exit 0
        ;;
    # The node answered, and refused; another would too.
    22)
        echo
        exit 1
        ;;
    # No connection: nothing was asked.
    7) ;;
    *)
        # What changes something may have done so, and is not asked again.
        if [ "$REQUEST_METHOD" != GET ]; then
            printf 'no answer from %s; look before you ask another: REQUEST_NODE\n' "${address%%=*}" >&2
            exit 1
        fi
        ;;
    esac
done
printf 'no node answered: %s\n' "${REQUEST_NODE:-all of them}" >&2
exit 1
