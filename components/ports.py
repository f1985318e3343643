"""TCP ports inside the virtual network. One table, for the components that open them and those that use them."""

from __future__ import annotations

from typing import Final

SLOTS: Final = 10
"""Most EMQX nodes: slot 1 to 10, each with ports of its own, since an environment's exposed ports are unique."""

MQTT_TLS: Final = 8883
HTTPS: Final = 443
POSTGRESQL: Final = 5432
PGBOUNCER: Final = 6432
MANAGED_REDIS: Final = 10000
CLASSIC_REDIS: Final = 6380
DNS: Final = 53
CRL: Final = 8870
"""Revocation lists, by plain HTTP inside the network. It is part of every device's certificate."""

PROBE_METRICS: Final = 9108
"""The probe's metrics, inside its environment."""

_NODE_PORTS: Final = {
    # purpose -> base: the port of a slot is base + slot
    "distribution": 4370,  # Erlang distribution of EMQX
    "rpc": 5370,  # EMQX's gen_rpc
    "websocket": 8090,
    "mqtt": 8880,
    "api": 18090,
}


def of_slot(purpose: str, slot: int) -> int:
    """The port of a node.

    Args:
        purpose: ``distribution``, ``rpc``, ``mqtt``, ``websocket`` or ``api``.
        slot: 1 to 10.
    """
    if not 1 <= slot <= SLOTS:
        raise ValueError(f"slot {slot} is outside 1 to {SLOTS}")
    return _NODE_PORTS[purpose] + slot


def of_all_slots(purpose: str) -> str:
    """The ports of every slot as an NSG rule writes a range."""
    return f"{of_slot(purpose, 1)}-{of_slot(purpose, SLOTS)}"
