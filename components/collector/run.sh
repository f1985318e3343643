# The collector's process 1: Prometheus as an agent, with the configuration given as the first argument.
#
# The rest of the arguments goes on to Prometheus. It runs as nobody, to whom the folder belongs.
set -eu
umask 077
folder=${COLLECTOR_FOLDER:-/prometheus}
printf '%s\n' "$1" >"$folder/prometheus.yml"
shift
exec "${COLLECTOR_PROGRAM:-/bin/prometheus}" "$@" --config.file="$folder/prometheus.yml" \
    --storage.agent.path="$folder/agent"
