"""The secrets the platform makes itself: drawn once, kept in the vault, drawn anew by a settings generation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import pulumi
import pulumi_random as random

from components.cell import Cell
from components.component import AmoraComponent
from components.scram import salt_from, verifier
from components.vault_secret import vault_secret


@dataclass(frozen=True, slots=True)
class GeneratedSecret:
    """One secret: characters, whether others than letters and digits are among them, and who uses it."""

    length: int
    special: bool
    used_by: str


SECRETS: Final[Mapping[str, GeneratedSecret]] = {
    # Erlang writes the cookie into a file and an argument of its own: letters and digits only.
    "emqx-cookie": GeneratedSecret(64, special=False, used_by="the EMQX nodes, to trust each other"),
    # The default user of EMQX's API; the key of the operators' job is bootstrapped with it.
    "emqx-api-key": GeneratedSecret(48, special=False, used_by="operators, on EMQX's API"),
    "emqx-metrics-key": GeneratedSecret(48, special=False, used_by="the collector, on EMQX's metrics"),
    "emqx-dashboard-password": GeneratedSecret(32, special=False, used_by="the EMQX dashboard, inside the network"),
    # Into connection strings: no character that has a meaning in a URL.
    "database-admin-password": GeneratedSecret(32, special=False, used_by="the database's migrations"),
    "emqx-database-password": GeneratedSecret(32, special=False, used_by="EMQX, to read credentials and ACL rows"),
    "service-password": GeneratedSecret(32, special=False, used_by="service accounts on the WebSocket listener"),
}
"""The generated secrets by their names in the vault."""


@dataclass(frozen=True, slots=True)
class DerivedSecret:
    """A secret that follows from a generated one.

    of: name of that one. make: from its value and a text that is another one for each generation. used_by: who uses it.
    """

    of: str
    make: Callable[[str, str], str]
    used_by: str


DERIVED: Final[Mapping[str, DerivedSecret]] = {
    "emqx-database-verifier": DerivedSecret(
        "emqx-database-password",
        lambda password, birth: verifier(password, salt_from(f"emqx-database-verifier {birth}")),
        used_by="the database's migrations, to set the password of EMQX without knowing it",
    ),
}
"""The derived secrets by their names in the vault."""

USED_BY: Final[Mapping[str, str]] = {name: secret.used_by for name, secret in {**SECRETS, **DERIVED}.items()}
"""Who uses a secret, by its name."""

# RFC 9562: the first 48 bits of a version 7 UUID are milliseconds since 1970.
_MILLISECONDS: Final = slice(0, 12)


@dataclass(frozen=True, kw_only=True, slots=True)
class GeneratedSecretsArgs:
    """What the secrets need.

    vault_name: the vault. generation: raised by one, every secret is drawn anew. days: 30 to 730 after which a secret
    counts as expired.
    """

    cell: Cell
    resource_group_name: pulumi.Input[str]
    vault_name: pulumi.Input[str]
    generation: int
    days: int


class GeneratedSecrets(AmoraComponent):
    """Every generated secret, secret from birth. Consumers get the versioned address in the vault, not the value.

    uris: ``secretUriWithVersion`` by name of the secret. values: the secrets themselves, for what Azure does not read
    from a vault, such as the password a database server is made with.
    """

    token = "amora:data:GeneratedSecrets"
    uris: dict[str, pulumi.Output[str]]
    values: dict[str, pulumi.Output[str]]

    def __init__(self, name: str, args: GeneratedSecretsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        keepers = {"generation": str(args.generation)}
        # Pulumi has no clock that stands still between two runs; the moment of birth is kept in this identifier.
        birth = random.RandomUuid7(
            f"{name}-birth", keepers=keepers, opts=self.child("random:index/randomUuid7:RandomUuid7")
        )
        expires = birth.result.apply(lambda drawn: seconds_at(drawn, args.days))
        self.values = {secret: self._password(secret, wanted, keepers).result for secret, wanted in SECRETS.items()}
        for secret, derived in DERIVED.items():
            self.values[secret] = _derived(derived, self.values[derived.of], birth.result)
        self.uris = {
            secret: vault_secret(
                self,
                secret,
                vault_name=args.vault_name,
                resource_group_name=args.resource_group_name,
                value=value,
                content_type="text/plain",
                expires=expires,
                tags={**args.cell.tags, "usedBy": USED_BY[secret], "generation": str(args.generation)},
            )
            for secret, value in self.values.items()
        }
        self.register_outputs({"uris": self.uris})

    def _password(self, name: str, wanted: GeneratedSecret, keepers: dict[str, str]) -> random.RandomPassword:
        return random.RandomPassword(
            name,
            length=wanted.length,
            special=wanted.special,
            min_lower=1,
            min_upper=1,
            min_numeric=1,
            keepers=keepers,
            opts=self.child("random:index/randomPassword:RandomPassword"),
        )


def _derived(wanted: DerivedSecret, value: pulumi.Output[str], birth: pulumi.Output[str]) -> pulumi.Output[str]:
    made = pulumi.Output.all(value, birth).apply(lambda both: wanted.make(both[0], both[1]))
    return pulumi.Output.secret(made)


def seconds_at(birth: str, days: int) -> int:
    """Seconds since 1970, ``days`` after the moment in a version 7 UUID."""
    born = datetime.fromtimestamp(int(birth.replace("-", "")[_MILLISECONDS], 16) / 1000, UTC)
    return int((born + timedelta(days=days)).timestamp())
