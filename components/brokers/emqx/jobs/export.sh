# Exports what EMQX keeps itself (configuration changed by hand, bans, API keys) and puts it into the versioned store.
event=backup

node=
for address in $API_ADDRESSES; do
    base=${address#*=}
    if api --output "$work/export" --header 'Content-Type: application/json' --data '{}' "$base/api/v5/data/export"; then
        node=${address%%=*}
        break
    fi
done
[ -n "$node" ] || fail "no node exports its data"

file=$(text filename "$work/export")
case "$file" in
'' | *[!A-Za-z0-9._-]*) fail "the answer names no file" ;;
esac
api --output "$work/$file" "$base/api/v5/data/files/$file" || fail "the export cannot be fetched"
bytes=$(($(wc -c <"$work/$file")))
[ "$bytes" = "$(number size "$work/export")" ] || fail "the export is not whole"

sign_in
blob --output "$work/answer" --header 'x-ms-blob-type: BlockBlob' --header 'Content-Type: application/gzip' \
    --upload-file "$work/$file" "$CONTAINER_URL/emqx/$file" || fail "the store does not take the export"

# It is safe now; a node that keeps it anyway loses it with its disk.
api --request DELETE "$base/api/v5/data/files/$file" || true
printf '{"event":"backup","outcome":"done","node":"%s","blob":"emqx/%s","bytes":%s}\n' "$node" "$file" "$bytes"
