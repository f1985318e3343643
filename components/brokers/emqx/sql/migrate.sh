#!/bin/sh
# Brings the broker's database to the version of this release, before the broker starts. Needs sh and psql 15 or later.
#
# From the environment, as libpq reads them: PGHOST, PGPORT, PGDATABASE, PGUSER, PGPASSWORD, PGSSLMODE, PGSSLROOTCERT.
# EMQX_DATABASE_LOGIN: the role the broker logs in as. EMQX_DATABASE_VERIFIER: SCRAM verifier of its password.
# Ends with 0 when the database fits this release, 2 when it cannot be reached, 3 when it was refused, 64 when the
# environment is wrong. Nothing secret is an argument or is printed.
set -eu

fail() {
    echo "migrations: $1" >&2
    exit 64
}

for name in PGHOST PGDATABASE PGUSER PGPASSWORD EMQX_DATABASE_LOGIN EMQX_DATABASE_VERIFIER; do
    eval "value=\${$name:-}"
    [ -n "$value" ] || fail "$name is not set"
done
case "$EMQX_DATABASE_VERIFIER" in
'SCRAM-SHA-256$'*) ;;
*) fail "EMQX_DATABASE_VERIFIER is no SCRAM-SHA-256 verifier; the password itself does not belong there" ;;
esac

PGCONNECT_TIMEOUT="${PGCONNECT_TIMEOUT:-10}"
export PGCONNECT_TIMEOUT
script="${MIGRATIONS:-$(dirname "$0")/migrations.psql}"
[ -r "$script" ] || fail "$script cannot be read"

# A failover takes 60 to 120 s: wait for one before the platform starts its own, slower way of trying again.
attempt=1
attempts="${MIGRATION_ATTEMPTS:-40}"
while :; do
    status=0
    psql --no-psqlrc --no-password --quiet --file="$script" || status=$?
    if [ "$status" -ne 2 ] || [ "$attempt" -ge "$attempts" ]; then
        exit "$status"
    fi
    echo "migrations: the database cannot be reached yet ($attempt of $attempts)" >&2
    attempt=$((attempt + 1))
    sleep "${MIGRATION_PAUSE:-5}"
done
