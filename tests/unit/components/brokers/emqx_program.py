"""A program with an EMQX cluster and what it needs, for the tests."""

from dataclasses import replace
from typing import Any

import pulumi

from components.app_identity import Right
from components.brokers.emqx.arguments import CoreEnvironment, Database, EmqxClusterArgs, Issuer, TopicRules
from components.brokers.emqx.cluster import EmqxCluster
from components.brokers.emqx.node import Node
from components.cell import Cell
from components.container_app import Image
from components.generated_secrets import SECRETS
from components.naming import Names
from components.secrets_in_use import VaultPlace
from tests.recorded_program import Recording, record

CELL = Cell(
    names=Names(environment="test", region="eu1"),
    location="westeurope",
    zones=("1", "2", "3"),
    tags={"application": "amora-sync"},
    protect=False,
    locks=False,
)
GROUP = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/kv-test"
REGISTRY = f"{GROUP}/providers/Microsoft.ContainerRegistry/registries/crtest"
ACCESS_RULES = '{deny, all, all, ["$SYS/#"]}.\n'
CLIENT_ID = "concat(['app:', username, ':', clientid])"


def uri(name: str) -> str:
    return f"https://kv-test.vault.azure.net/secrets/{name}/{'0' * 32}"


def image(character: str = "a") -> Image:
    return Image(server="crtest.azurecr.io", repository="emqx/emqx", digest=f"sha256:{character * 64}")


def node(version: str = "5.8.9", character: str = "a") -> Node:
    return Node(version=version, image=image(character))


def environments(number: int) -> tuple[CoreEnvironment, ...]:
    return tuple(
        CoreEnvironment(
            environment_id=f"{GROUP}/providers/Microsoft.App/managedEnvironments/cae-{zone}",
            static_ip=f"10.40.{zone}.9",
        )
        for zone in range(1, number + 1)
    )


def arguments(**changed: Any) -> EmqxClusterArgs:
    wanted = EmqxClusterArgs(
        cell=CELL,
        resource_group_name="rg",
        environments=environments(3),
        slots={1: node(), 2: node(), 3: node()},
        cpu=2.0,
        memory_gigabytes=4.0,
        rights=(
            Right(
                name="images",
                role="AcrPull",
                scope=REGISTRY,
                scope_name="Microsoft.ContainerRegistry/registries/crtest",
            ),
        ),
        vault=VaultPlace(name="kv-test", vault_id=VAULT, scope_name="Microsoft.KeyVault/vaults/kv-test"),
        secret_uris={name: uri(name) for name in SECRETS},
        server_chain_uri=uri("mqtt-server-chain"),
        server_key_uri=uri("mqtt-server-key"),
        trust_bundle_uri=uri("device-trust-bundle"),
        database=Database(
            host="psql-test.postgres.database.azure.com", port=6432, name="amora", username="emqx_a", pooled=True
        ),
        tokens=Issuer(
            issuer="https://login.example.com/tenant/v2.0",
            audience="0f8fad5b-d9cb-469f-a165-70867728950e",
            jwks="https://login.example.com/tenant/discovery/v2.0/keys",
            username_claim="oid",
        ),
        topics=TopicRules(access_rules=ACCESS_RULES, client_id_expression=CLIENT_ID, max_packet_bytes=65536),
        session_expiry_seconds=7200,
        cluster_tls=True,
        generation=1,
    )
    return replace(wanted, **changed)


def cluster(**changed: Any) -> EmqxCluster:
    return EmqxCluster("emqx", arguments(**changed))


def recorded(*, licence: str = "", **changed: Any) -> Recording:
    def program() -> None:
        key = {"licence": pulumi.Output.secret(licence)} if licence else {}
        cluster(**changed, **key)

    return record(program)
