"""A few variants on the real engine: what is declared is deployed, and then there is nothing to do."""

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from tests.engine.sandbox_run import Sandbox, custom_resources
from tests.variants import VARIANTS, Variant, record_variant, secrets_of, values_of


@dataclass(frozen=True)
class Purpose:
    """What a variant is deployed for.

    wants: the choices that serve it, by factor. deploys: logical names of resources that are there for its sake;
    what serves another purpose lacks some of them.
    """

    name: str
    wants: Mapping[str, tuple[str, ...]]
    deploys: frozenset[str]

    @property
    def served_by(self) -> Variant:
        """The first variant of dev, which is smaller, that serves.

        What takes a second step is never of a first deployment: to bind a certificate, and to let the registry read
        the two secrets of Docker Hub's account, which somebody puts into a vault that is there.
        """
        wants = {"tier": ("dev",), "Docker Hub": ("never",), **self.wants}
        return next(
            each
            for each in VARIANTS
            if each.row["entry"] != "direct, bound"
            and all(each.row[factor] in choices for factor, choices in wants.items())
        )


# Few, since each is deployed whole.
PURPOSES = (
    Purpose(
        "a delegated Front Door and a classic Redis",
        {"entry": ("Front Door Standard", "Front Door Premium"), "zone": ("delegated",), "redis": ("classic",)},
        frozenset({"entry-1-domain", "entry-1-route", "redis-cache", "redis-apps-access"}),
    ),
    Purpose(
        "access rules in Redis and a licence",
        {"redis": ("managed with access rules",), "licence": ("given",)},
        frozenset({"redis-database", "redis-key-secret", "emqx-1-reads-redis-key-role"}),
    ),
    Purpose(
        "the direct way, three zones and a private registry",
        {"entry": ("direct",), "placement": ("zones",), "registry is": ("private",)},
        frozenset({"entry-certificate", "core-3-environment", "registry-registry-endpoint"}),
    ),
)
each_purpose = pytest.mark.parametrize("purpose", PURPOSES, ids=lambda each: each.name)


def declared(variant):
    return {each.name for each in record_variant(variant).resources if each.token.startswith("azure-native:")}


def settled(variant, folder) -> Sandbox:
    """A sandbox whose generated stack file says what the variant says; no tracked file is written."""
    sandbox = Sandbox(folder / "sandbox", variant.tier)
    values = values_of(variant.row)
    secrets = [(group, name, values[group].pop(name)) for group, name in secrets_of(values)]
    sandbox.configure(lambda _: {f"amora-sync:{key}": value for key, value in values.items()})
    for group, name, value in secrets:
        sandbox.pulumi("config", "set", "--secret", "--path", f"amora-sync:{group}.{name}", value)
    return sandbox


def test_no_variant_serves_two_purposes():
    assert len({each.served_by.name for each in PURPOSES}) == len(PURPOSES)


@each_purpose
def test_what_a_variant_is_chosen_for_is_declared_by_it_and_not_by_the_others(purpose):
    assert purpose.deploys <= declared(purpose.served_by)
    for other in PURPOSES:
        if other is not purpose:
            assert not purpose.deploys <= declared(other.served_by)


def test_the_choices_that_differ_most_from_the_stack_files_are_deployed():
    """Kinds of Redis, ways in, placements and registries; what the stack files say is deployed by the other tests."""
    rows = [each.served_by.row for each in PURPOSES]
    assert {row["redis"] for row in rows} >= {"classic", "managed with access rules"}
    assert {row["entry"].startswith("Front Door") for row in rows} == {True, False}
    assert "delegated" in {row["zone"] for row in rows}
    assert {row["placement"] for row in rows} == {"single", "zones"}
    assert {row["registry is"] for row in rows} == {"public", "private"}
    assert {row["identity"] for row in rows} >= {"externalId", "b2c"}


@each_purpose
def test_a_variant_is_deployed_as_declared_and_has_nothing_to_do_then(purpose, tmp_path):
    variant = purpose.served_by
    sandbox = settled(variant, tmp_path)
    done = sandbox.up()
    assert done.returncode == 0, done.stdout + done.stderr
    deployed = {each["urn"].rsplit("::", 1)[1] for each in custom_resources(sandbox.deployment())}
    assert deployed == declared(variant)
    assert purpose.deploys <= deployed
    sandbox.expect_no_changes()
