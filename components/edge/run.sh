# The edge's process 1: HAProxy with the configuration named by the first argument, and a stop that drains.
#
# HAProxy ends every connection at SIGTERM and keeps them at SIGUSR1 until hard-stop-after. Container Apps sends the
# first; the image asks for the second (STOPSIGNAL): either becomes a drain.
ulimit -n "$(ulimit -Hn)"

child=
signals=0
drain() {
    signals=$((signals + 1))
    if [ -n "$child" ]; then kill -USR1 "$child" 2>/dev/null; fi
}
trap drain TERM USR1 INT

haproxy -db -f "$1" &
child=$!
if [ "$signals" -gt 0 ]; then drain; fi

# A signal ends `wait` before HAProxy has ended: wait again. 127: there is nothing left to wait for.
status=127
while :; do
    before=$signals
    wait "$child"
    ended=$?
    if [ "$ended" -ne 127 ]; then status=$ended; fi
    if [ "$signals" -eq "$before" ]; then break; fi
done
exit "$status"
