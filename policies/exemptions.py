"""The exceptions in force. Each names its reason and its last day; `make policy` lists what they cover."""

from __future__ import annotations

from datetime import date
from typing import Final

from policies.exemption import Exemption

EXEMPTIONS: Final[tuple[Exemption, ...]] = (
    Exemption(
        rule="LOG-04",
        resource="azure-native:applicationinsights:Component::monitoring-insights",
        reason="devices and apps have no Entra identity; their SDK sends telemetry with the connection string, which"
        " can write and not read",
        expires=date(2027, 12, 31),
    ),
    Exemption(
        rule="ACA-09",
        resource="azure-native:app:ContainerApp::collector-app",
        reason="two collectors would write every sample twice; it has no clients, comes back by itself, and an alert"
        " says when no metrics come",
        expires=date(2027, 12, 31),
    ),
    Exemption(
        rule="ACA-09",
        resource="azure-native:app:ContainerApp::probe-app",
        reason="two probes would be two devices of one name, which end each other's sessions; it has no clients, and an"
        " alert says when it is silent",
        expires=date(2027, 12, 31),
        requires="probe.enabled=true",
    ),
    Exemption(
        rule="PG-06",
        resource="azure-native:dbforpostgresql:Server::*",
        reason="EMQX signs in with a user and a password and cannot present an Entra token; the password is drawn"
        " anew by a settings generation, and the server is reachable inside the network only",
        expires=date(2027, 12, 31),
    ),
    Exemption(
        rule="REDIS-01",
        resource="azure-native:redis:Redis::*",
        reason="the stack accepts the classic cache, which its subscription still may create",
        expires=date(2028, 6, 30),
        requires="redis.classicAccepted=true",
    ),
    Exemption(
        rule="REDIS-07",
        resource="azure-native:redis*::*",
        reason="EMQX reads access rules from Redis with a key and cannot present an Entra token; the key stands in the"
        " vault, and Redis is reachable inside the network only",
        expires=date(2027, 12, 31),
        requires="redis.accessRules=true",
    ),
    Exemption(
        rule="NET-07",
        resource="azure-native:network:PublicIPAddress::network-outbound",
        reason="a Standard NAT gateway stands in one zone, and its address in the same; the stack has chosen the zone",
        expires=date(2027, 12, 31),
        requires="network.natZone",
    ),
)
