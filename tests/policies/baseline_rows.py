"""The security baseline of the platform, row by row: which rules hold it, or why none does.

The rows are the checks of PSRule for Azure, Checkov and APRL (and some of our own, AMORA) that concern services of the
three broker options, read on 2026-11-22.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """A row of the baseline. asks: in short. rules: what holds it. beyond: what of it no rule holds, and why."""

    number: int
    asks: str
    rules: tuple[str, ...]
    beyond: str = ""


ROWS: tuple[Row, ...] = (
    Row(1, "environment: zones and a subnet", ("CAE-01", "CAE-05", "CAE-06")),
    Row(2, "environment: internal, or no public access; the edge exempt", ("CAE-02",)),
    Row(3, "app: two replicas", ("ACA-09",), "three of a zone-redundant app: two in two zones outlive one of them"),
    Row(4, "app: an identity", ("ACA-08",)),
    Row(5, "app: no plain HTTP", ("ING-04",)),
    Row(6, "app: external at the edge alone", ("ING-02", "ING-03")),
    Row(7, "app: no sticky sessions", ("ING-05",)),
    Row(8, "app: restrictions allow", ("ING-06",)),
    Row(9, "app: three probes", ("ACA-07",)),
    Row(10, "app: secrets in the vault", ("ACA-04", "ACA-05", "ACA-06")),
    Row(11, "app: image pinned, of our registry, pulled by an identity", ("ACA-01", "ACA-02", "ACA-03")),
    Row(12, "app: no clustered broker with replicas", ("ACA-10",)),
    Row(13, "environment: logs by setting, encrypted peers", ("CAE-03", "CAE-04")),
    Row(14, "registry: no admin user", ("ACR-01",)),
    Row(15, "registry: nobody without a name", ("ACR-02",)),
    Row(16, "registry: Standard or Premium", ("ACR-03",), "Premium everywhere: a stack may choose Standard"),
    Row(17, "registry: not public", ("ACR-04", "ACR-07"), "at Standard, which has neither rules nor endpoints"),
    Row(18, "registry: zones", ("ACR-05",)),
    Row(19, "registry: replicas", ("ACR-08",)),
    Row(20, "registry: retention", ("ACR-06",)),
    Row(21, "database: standby in another zone", ("PG-01",)),
    Row(22, "database: geo-redundant backups of 14 days", ("PG-02", "PG-03")),
    Row(23, "database: maintenance window", ("PG-04",)),
    Row(24, "database: Entra, no passwords", ("PG-05", "PG-06")),
    Row(25, "database: not public", ("PG-07",)),
    Row(26, "database: no wide firewall rule", ("PG-08",)),
    Row(27, "database: TLS 1.2", ("PG-09",)),
    Row(28, "database: logs and throttling", ("PG-09",)),
    Row(29, "database: storage grows", ("PG-10",)),
    Row(30, "Defender plan for databases", ("DEF-01",), "that there is one: it belongs to the subscription"),
    Row(31, "classic Redis denied", ("REDIS-01",), "a stack that accepts it on record"),
    Row(32, "Redis: TLS 1.2", ("REDIS-02",)),
    Row(33, "Redis: replica, not the smallest", ("REDIS-03", "REDIS-04")),
    Row(34, "Redis: not public, private endpoint", ("REDIS-05", "REDIS-08")),
    Row(35, "Redis: encrypted, no keys", ("REDIS-06", "REDIS-07")),
    Row(36, "vault: soft delete, 90 days", ("KV-03", "KV-04")),
    Row(37, "vault: purge protection", ("KV-02",)),
    Row(38, "vault: roles", ("KV-01",)),
    Row(39, "vault: firewall, private endpoint", ("KV-05", "KV-06", "KV-09")),
    Row(40, "vault: audit logs", ("LOG-05", "LOG-06")),
    Row(41, "keys and secrets end and say what they are", ("KV-07", "KV-08"), "a key has no content type"),
    Row(42, "vault: API of 2026-02-01", ("KV-10",)),
    Row(43, "Front Door: a firewall everywhere", ("AFD-01",)),
    Row(44, "Front Door: firewall on, prevention", ("AFD-08", "AFD-09")),
    Row(45, "Front Door: managed rule sets", ("AFD-10",), "at Standard, which takes custom rules only"),
    Row(46, "Front Door: TLS 1.2", ("AFD-02",)),
    Row(47, "Front Door: HTTPS in and on, no cache", ("AFD-03", "AFD-04", "AFD-05", "AFD-06")),
    Row(48, "Front Door: logs", ("LOG-05",)),
    Row(49, "storage: HTTPS, TLS 1.2", ("ST-01", "ST-02")),
    Row(50, "storage: no public blob", ("ST-03",)),
    Row(51, "storage: firewall, private endpoint", ("ST-04", "ST-08")),
    Row(52, "storage: outlives a zone", ("ST-05",)),
    Row(53, "storage: soft delete, no shared key", ("ST-06", "ST-07")),
    Row(54, "AKS: no local accounts, Entra, Azure RBAC", ("AKS-01", "AKS-02")),
    Row(55, "AKS: three zones, SLA", ("AKS-03", "AKS-04")),
    Row(56, "AKS: network policy, closed API server", ("AKS-05", "AKS-06")),
    Row(57, "AKS: upgrades in windows of ours", ("AKS-07", "AKS-08")),
    Row(58, "AKS: secret rotation, Azure Policy, audit logs", ("AKS-09", "AKS-10", "LOG-05")),
    Row(59, "scale set: zones, no strict balance, repairs", ("VM-01", "VM-02", "VM-03")),
    Row(60, "scale set: SSH keys, encrypted host, no public address, patched", ("VM-04", "VM-05", "VM-06", "VM-07")),
    Row(
        61,
        "Insights on a workspace; workspace: retention, no local sign-in, a cap that tells",
        ("LOG-01", "LOG-02", "LOG-03", "LOG-07"),
        "workspace replication: the pinned SDK's API version (2023-09-01) has no such property",
    ),
    Row(62, "no closed port open; a group per subnet; no default way out", ("NET-01", "NET-02", "NET-03", "NET-04")),
    Row(
        63,
        "Standard addresses and balancers, zones, long connections, probes",
        ("NET-06", "NET-07", "LB-01", "LB-02", "LB-03", "LB-04"),
    ),
    Row(
        64,
        "Traffic Manager: two endpoints, short TTL; zone: CAA, DNSSEC, lock",
        ("TM-01", "TM-02", "DNS-01", "DNS-03", "DATA-02"),
        "TCP probes are not exempt: they prove that a port opens, so TM-03 and LB-05 ask for HTTP",
    ),
    Row(
        65,
        "tags, regions; 1883 never outside; DDoS protection",
        ("GOV-01", "GOV-02", "ING-01", "ING-02", "LB-06", "NET-01", "NET-08"),
    ),
)
