"""Pulumi's configuration and plain stack files, and the secrets in them."""

from __future__ import annotations

import copy
import json
import pickle

import pulumi
import pytest
from pulumi.runtime import config as runtime

import settings
from tests.unit.settings.stacks import DEV, changed

LICENCE = "sesame-open"


@pytest.fixture
def engine(monkeypatch):
    """Hand values to the program as the engine does: objects as JSON text, secret keys by name."""

    def hand(values, secret_keys=(), foreign=()):
        monkeypatch.delenv("PULUMI_CONFIG", raising=False)
        texts = {
            f"amora-sync:{key}": value if isinstance(value, str) else json.dumps(value) for key, value in values.items()
        }
        runtime.set_all_config(texts | dict(foreign), [f"amora-sync:{key}" for key in secret_keys])
        return pulumi.Config("amora-sync")

    yield hand
    runtime.set_all_config({}, [])


def found(config):
    with pytest.raises(settings.SettingsError) as raised:
        settings.load(config)
    return raised.value


def test_the_engines_configuration_gives_the_same_settings_as_plain_values(engine):
    assert settings.load(engine(DEV)) == settings.from_values(DEV)


def test_the_empty_defaults_of_the_project_file_count_as_left_out(engine):
    empty = {"tier": "", "tags": {}, "emqx": {}, "alerts": {}}
    assert settings.load(engine({**empty, **DEV})) == settings.from_values(DEV)


def test_configuration_from_the_environment_is_read(engine, monkeypatch):
    engine({})
    handed = {f"amora-sync:{key}": value if isinstance(value, str) else json.dumps(value) for key, value in DEV.items()}
    monkeypatch.setenv("PULUMI_CONFIG", json.dumps({**handed, "amora-sync:typo": "x"}))
    assert [each.path for each in found(pulumi.Config("amora-sync")).problems] == ["typo"]


@pytest.mark.parametrize("nothing", ["null", "{}"])
def test_no_configuration_at_all_is_a_message(engine, monkeypatch, nothing):
    engine({})
    monkeypatch.setenv("PULUMI_CONFIG", nothing)
    assert found(pulumi.Config("amora-sync")).problems[0].path == "environment"


def test_unknown_keys_and_misspelled_namespaces_are_found_but_not_those_of_providers(engine):
    foreign = {"azure-native:location": "westeurope", "amorasync:tags": "{}"}
    error = found(engine({**DEV, "networks": {}}, foreign=foreign.items()))
    assert [each.path for each in error.problems] == ["amorasync:tags", "networks"]


def test_text_that_is_no_object_is_refused(engine):
    (problem,) = found(engine({**DEV, "network": "{oops"})).problems
    assert (problem.path, problem.found) == ("network", '"{oops"')


def test_a_secret_stays_a_pulumi_secret(engine):
    given = settings.load(engine(changed(DEV, emqx={"licence": LICENCE}), secret_keys=["emqx"]))
    licence = given.emqx.licence
    assert licence is not None
    assert licence == settings.Secret(LICENCE)
    seen = []

    @pulumi.runtime.test
    def read():
        async def both():
            output = licence.output()
            seen.append((await output.is_secret(), await output.future()))

        return pulumi.Output.from_input(both())

    read()
    assert seen == [(True, LICENCE)]


def test_a_secret_shows_nowhere(engine):
    given = settings.load(engine(changed(DEV, emqx={"licence": LICENCE}), secret_keys=["emqx"]))
    shown = [repr(given), str(given), repr(given.model_dump()), f"{given.emqx.licence}", repr(vars(given.emqx))]
    assert not [text for text in shown if LICENCE in text]
    with pytest.raises(TypeError, match="not written"):
        pickle.dumps(given.emqx.licence)
    with pytest.raises(TypeError, match="not written"):
        copy.deepcopy(given.emqx.licence)


def test_no_value_of_a_group_with_a_secret_is_shown(engine):
    error = found(engine(changed(DEV, emqx={"licence": LICENCE, "version": "swordfish"}), secret_keys=["emqx"]))
    assert "swordfish" not in str(error)
    assert LICENCE not in str(error)
    assert [each.path for each in error.problems] == ["emqx.version"]


def test_plain_text_for_a_secret_is_refused_without_showing_it(engine):
    error = found(engine(changed(DEV, alerts={"webhook": LICENCE})))
    assert [each.path for each in error.problems] == ["alerts.webhook"]
    assert LICENCE not in str(error)


@pytest.mark.parametrize("key", ["environment", "network"])
def test_a_secret_group_without_a_secret_is_refused(engine, key):
    error = found(engine(DEV, secret_keys=[key]))
    assert (key, "a secret") in [(each.path, each.found) for each in error.problems]
    assert "10.41" not in str(error)


@pytest.mark.parametrize(
    ("content", "path", "text"),
    [
        (None, "Pulumi.x.yaml", "found no file"),
        ("a: [", "Pulumi.x.yaml", "no YAML"),
        ("- a", "Pulumi.x.yaml", "found a list"),
        ("config: text", "Pulumi.x.yaml", "found a str"),
        ("", "environment", "found nothing"),
        ("config: {}", "environment", "found nothing"),
        ("config:", "environment", "found nothing"),
        (b"\xff\xfe", "Pulumi.x.yaml", "no YAML"),
    ],
)
def test_a_stack_file_that_is_none_is_a_message(tmp_path, content, path, text):
    file = tmp_path / "Pulumi.x.yaml"
    if content is not None:
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(settings.SettingsError) as raised:
        settings.from_stack_file(file)
    problem = raised.value.problems[0]
    assert problem.path == path
    assert text in str(problem)


def test_a_stack_file_is_read_without_an_engine(tmp_path):
    file = tmp_path / "Pulumi.x.yaml"
    file.write_text(
        "secretsprovider: azurekeyvault://x\n"
        "config:\n"
        "  azure-native:location: westeurope\n"
        "  environment: dev\n"  # a key without a namespace is the project's own
        "  amora-sync:region: {name: eu1, location: westeurope, zones: [1, 2, 3]}\n"
        "  amora-sync:network: {addressSpace: 10.41.0.0/16}\n"
        "  amora-sync:domain: {zone: dev.amora.example.com}\n"
        "  amora-sync:identity: {tenant: amorasyncdev}\n"
        "  amora-sync:tags:\n"
        "  amora-sync:emqx: {slots: {1: {}}, licence: {secure: v1:abc}}\n",
        encoding="utf-8",
    )
    given = settings.from_stack_file(file)
    assert given.emqx.licence == settings.Secret()
    assert given.model_copy(update={"emqx": None}) == settings.from_values(DEV).model_copy(update={"emqx": None})
