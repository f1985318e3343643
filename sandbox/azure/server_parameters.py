"""Server parameters of PostgreSQL flexible server: a part of Azure's list, with what each allows.

Kinds, defaults and allowed values are those of PostgreSQL 17 in MicrosoftDocs/azure-databases-docs,
``articles/postgresql/server-parameters/includes/param-17-*.md``. A parameter that is not here has no stand-in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

ON_OFF: Final = "on,off"


@dataclass(frozen=True, slots=True)
class ServerParameter:
    """One parameter.

    default: value of a new server. allowed: values as Azure lists them: words with commas, or ``least-most``.
    kind: whether it can be changed, and whether the server must be restarted then. burstable: whether servers of that
    tier have it.
    """

    default: str
    allowed: str
    data_type: str
    kind: Literal["dynamic", "static", "read-only"] = "dynamic"
    burstable: bool = True

    def allows(self, value: str) -> bool:
        """Whether Azure takes the value."""
        bounds = re.fullmatch(r"(-?\d+)-(\d+)", self.allowed)
        if bounds is None:
            return value.lower() in [each.strip().lower() for each in self.allowed.split(",")]
        return re.fullmatch(r"-?\d+", value) is not None and int(bounds[1]) <= int(value) <= int(bounds[2])


def _pooled(default: str, allowed: str, data_type: str) -> ServerParameter:
    return ServerParameter(default, allowed, data_type, burstable=False)


PARAMETERS: Final[Mapping[str, ServerParameter]] = {
    "authentication_timeout": ServerParameter("30", "30-30", "Integer", "read-only"),
    "connection_throttle.enable": ServerParameter("off", ON_OFF, "Boolean"),
    "log_checkpoints": ServerParameter("on", ON_OFF, "Boolean"),
    "log_connections": ServerParameter("on", ON_OFF, "Boolean"),
    "log_disconnections": ServerParameter("on", ON_OFF, "Boolean"),
    "log_lock_waits": ServerParameter("off", ON_OFF, "Boolean"),
    "log_replication_commands": ServerParameter("on", "on", "Boolean", "read-only"),
    "log_statement": ServerParameter("none", "none,ddl,mod,all", "Enumeration"),
    "logfiles.download_enable": ServerParameter("off", ON_OFF, "Boolean"),
    "logfiles.retention_days": ServerParameter("3", "1-7", "Integer"),
    "password_encryption": ServerParameter("scram-sha-256", "md5,scram-sha-256", "Enumeration"),
    "pgbouncer.default_pool_size": _pooled("50", "1-4950", "Integer"),
    "pgbouncer.enabled": _pooled("false", "true, false", "Boolean"),
    "pgbouncer.max_client_conn": _pooled("5000", "1-50000", "Integer"),
    "pgbouncer.max_prepared_statements": _pooled("0", "0-5000", "Integer"),
    "pgbouncer.pool_mode": _pooled("transaction", "session,transaction,statement", "Enumeration"),
    "require_secure_transport": ServerParameter("on", ON_OFF, "Boolean"),
    "scram_iterations": ServerParameter("4096", "4096-4096", "Integer", "read-only"),
    "ssl": ServerParameter("on", "on", "Boolean", "read-only"),
    "ssl_max_protocol_version": ServerParameter("", "TLSv1.2,TLSv1.3", "Enumeration"),
    "ssl_min_protocol_version": ServerParameter("TLSv1.2", "TLSv1.2,TLSv1.3", "Enumeration"),
}
"""Parameters by name."""

POOL_SWITCH: Final = "pgbouncer.enabled"
"""What must be true before the other parameters of PgBouncer exist."""
