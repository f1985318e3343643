"""Recovery of every resource of both stacks at once: the state is as kills, or lost answers, leave it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.engine.sandbox_run import Sandbox, custom_resources

# What the engine writes when a create has ended.
_OF_AN_END = ("id", "outputs", "created", "modified")


@pytest.fixture(scope="module", params=["dev", "prod"])
def deployed(request, standing, tmp_path_factory):
    return standing.copy(request.param, tmp_path_factory.mktemp(request.param))


@contextmanager
def state_of(sandbox: Sandbox) -> Iterator[dict[str, Any]]:
    """The deployment in Pulumi's state, to be changed in place: an import would drop what is pending."""
    content = json.loads(sandbox.checkpoint.read_bytes())
    yield content["checkpoint"]["latest"]
    sandbox.checkpoint.write_text(json.dumps(content))


def references(resource: dict[str, Any]) -> set[str]:
    """URNs of what a resource refers to."""
    by_property = (resource.get("propertyDependencies") or {}).values()
    named = {urn for urns in (resource.get("dependencies"), *by_property) for urn in urns or ()}
    return named | {resource[key] for key in ("parent", "deletedWith") if resource.get(key)}


def without(urns: set[str], resource: dict[str, Any]) -> dict[str, Any]:
    """A resource that depends on none of them."""
    by_property = resource.get("propertyDependencies") or {}
    return {
        **resource,
        "dependencies": [each for each in resource.get("dependencies") or () if each not in urns],
        "propertyDependencies": {
            key: [each for each in named or () if each not in urns] for key, named in by_property.items()
        },
    }


def stands_as_before(sandbox: Sandbox, before: dict[str, Any]) -> None:
    sandbox.expect_no_changes()
    assert sandbox.azure() == before
    assert {each["id"] for each in custom_resources(sandbox.deployment())} == set(before)


def test_creates_that_a_kill_left_pending_are_taken_over(deployed):
    """As if one kill had left them all: Azure has made them, nothing tells the engine so."""
    before = deployed.azure()
    with state_of(deployed) as state:
        made = custom_resources(state)
        urns = {each["urn"] for each in made}
        state["resources"] = [without(urns, each) for each in state["resources"] if each["urn"] not in urns]
        state["pending_operations"] = [
            {"type": "creating", "resource": {key: each[key] for key in each.keys() - set(_OF_AN_END)}} for each in made
        ]
    assert len(made) == len(before)
    done = deployed.up()
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr.count(" into the state: ") == len(made)
    stands_as_before(deployed, before)


def test_creates_whose_answers_were_lost_are_adopted(deployed):
    """All that nothing else refers to: of what comes before others, a preview does not know the ids of those."""
    before = deployed.azure()
    with state_of(deployed) as state:
        referred = {urn for each in state["resources"] for urn in references(each)}
        lost = {each["urn"] for each in custom_resources(state)} - referred
        state["resources"] = [each for each in state["resources"] if each["urn"] not in lost]
    assert len(lost) > len(before) // 3
    said = deployed.ok("adopt", "--stack", deployed.stack)
    assert said.count(" into the state: ") == len(lost)
    stands_as_before(deployed, before)
