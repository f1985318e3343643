# Brings an export of the versioned store back into EMQX: by the node that is named, else by the first that answers.
event=restore

case "$IMPORT_FILE" in
'' | .* | *[!A-Za-z0-9._-]*) fail "IMPORT_FILE: wanted the name of an export below emqx/, without a path" ;;
esac
sign_in
blob --output "$work/$IMPORT_FILE" "$CONTAINER_URL/emqx/$IMPORT_FILE" || fail "the store does not give the export"

node=
for address in $API_ADDRESSES; do
    if [ -n "$IMPORT_NODE" ] && [ "$IMPORT_NODE" != "${address%%=*}" ]; then
        continue
    fi
    base=${address#*=}
    code=0
    api --output "$work/answer" --form "filename=@$work/$IMPORT_FILE" "$base/api/v5/data/files" || code=$?
    case "$code" in
    0)
        node=${address%%=*}
        break
        ;;
    22)
        { cat "$work/answer" && echo; } >&2
        fail "${address%%=*} does not take the export"
        ;;
    esac
done
[ -n "$node" ] || fail "no node takes the export"

# Asked once: what went wrong half-way is looked at before it is tried again.
api --output "$work/answer" --header 'Content-Type: application/json' --data "{\"filename\":\"$IMPORT_FILE\"}" \
    "$base/api/v5/data/import" || {
    { cat "$work/answer" && echo; } >&2 || true
    fail "$node does not import the export"
}
api --request DELETE "$base/api/v5/data/files/$IMPORT_FILE" || true
printf '{"event":"restore","outcome":"done","node":"%s","blob":"emqx/%s"}\n' "$node" "$IMPORT_FILE"
