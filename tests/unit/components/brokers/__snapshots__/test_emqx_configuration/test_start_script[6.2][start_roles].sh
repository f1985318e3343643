set -eu
# Container Apps may give a soft limit of 1,024 open files; a connection is one.
ulimit -n "$(ulimit -Hn)"
# Copied, not mounted there: a mount would hide vm.args and what else EMQX brings in that folder.
for file in emqx.conf acl.conf; do cp "/mnt/amora/$file" "/opt/emqx/etc/$file"; done
umask 077
{
    printf '%s:%s\n' "amora" "$AMORA_API_KEY"
    printf '%s:%s:viewer\n' "amora-metrics" "$AMORA_METRICS_KEY"
} >"/opt/emqx/etc/api-keys"
unset AMORA_API_KEY AMORA_METRICS_KEY
exec /usr/bin/docker-entrypoint.sh /opt/emqx/bin/emqx foreground
