"""Server parameters of the database: what Azure leaves to its customers, and what the platform says to it.

Allowed values and kinds are those of PostgreSQL 17 in MicrosoftDocs/azure-databases-docs,
``articles/postgresql/server-parameters/includes/param-17-*.md``; what is read-only there is not here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

BURSTABLE: Final = "Burstable"
"""Azure's tier without high availability and without PgBouncer."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter.

    name, value: as Azure spells them. why: what it is good for. source: who asks for it. lasting_tiers_only: whether
    the Burstable tier does not have it.
    """

    name: str
    value: str
    why: str
    source: str
    lasting_tiers_only: bool = False


_CIS: Final = "CIS Azure Foundations, PostgreSQL flexible server"
_PGBOUNCER: Final = "learn.microsoft.com, PgBouncer in Azure Database for PostgreSQL"

PARAMETERS: Final = (
    Parameter("require_secure_transport", "on", "nobody connects without TLS", _CIS),
    Parameter("ssl_min_protocol_version", "TLSv1.2", "no older TLS; 1.3 is taken where a client can", _CIS),
    Parameter("password_encryption", "scram-sha-256", "no MD5 of a password is kept", "PostgreSQL 17: authentication"),
    Parameter("connection_throttle.enable", "on", "an address that guesses passwords is slowed down", _CIS),
    Parameter("log_checkpoints", "on", "write load is seen in the log", _CIS),
    Parameter("log_connections", "on", "who connected, and how", _CIS),
    Parameter("log_disconnections", "on", "how long a session lasted", _CIS),
    Parameter("log_lock_waits", "on", "who waits for whom longer than a second", "PostgreSQL 17: logging"),
    Parameter("logfiles.retention_days", "7", "the server's own copy of its log, beside the workspace", _CIS),
    # PgBouncer's other parameters exist only once it is on.
    Parameter("pgbouncer.enabled", "true", "many clients on few sessions", _PGBOUNCER, lasting_tiers_only=True),
    Parameter(
        "pgbouncer.max_prepared_statements",
        "100",
        "EMQX prepares its queries, and PgBouncer gives each transaction another session",
        "pgbouncer.org, configuration: max_prepared_statements",
        lasting_tiers_only=True,
    ),
)
"""The parameters in the order they are set."""


def parameters_of(tier: str) -> tuple[Parameter, ...]:
    """The parameters a server of the tier has."""
    return tuple(each for each in PARAMETERS if tier != BURSTABLE or not each.lasting_tiers_only)
