"""A finding never shows a credential."""

from __future__ import annotations

import json

import pytest

from policies.finding import Finding, names_credential
from policies.judgements import is_text
from policies.resources import Resource
from policies.rule import Rule, Severity
from tests.policies.cases.table import TABLE
from tests.policies.subjects import Judge, Subject


@pytest.mark.parametrize(
    "name",
    [
        "administratorLoginPassword", "adminPassword", "PGPASSWORD", "EMQX_NODE__COOKIE", "clientSecret", "API_KEY",
        "EMQX_DASHBOARD__DEFAULT_PASSWORD", "accountKey", "primaryKey", "connectionString", "sasToken", "private_key",
        "instrumentationKey", "DATABASE_PASSWORD", "apiKey", "password", "pwd", "EMQX_LICENSE__KEY",
    ],
)  # fmt: skip
def test_names_of_credentials(name):
    assert names_credential(name)


@pytest.mark.parametrize(
    "name",
    [
        "secretRef", "passwordSecretRef", "keyVaultUrl", "accessKeysAuthentication", "passwordAuth", "COOKIE_FILE",
        "keyData", "secrets", "secretName", "tokenStore", "disableAccessKeyAuthentication", "name", "value", "", "1",
        "passwordRotation", "partitionKey", "key",
    ],
)  # fmt: skip
def test_names_of_what_only_speaks_about_credentials(name):
    assert not names_credential(name)


def test_what_stands_in_a_credential_is_not_shown():
    assert "hunter2" not in str(Finding("properties.adminPassword", "hunter2", "nothing"))
    assert "hunter2" not in str(Finding("users.0.passwords.clientSecret.0", "hunter2", "nothing"))
    assert str(Finding("a.b", "x", "y")) == "a.b: found x, wanted y"
    assert str(Finding("", "x", "y")) == "this resource: found x, wanted y"


def test_a_long_value_is_cut():
    assert len(str(Finding("a", "x" * 5000, "y"))) < 300


def test_no_rule_shows_a_secret_it_met():
    """Pulumi hands secrets over in plain text; every case that holds one is judged by every rule."""
    judge = Judge()
    secrets = ("hunter2", "monster", "Correct horse battery staple")
    subjects = [case[0] for cases in TABLE.values() for case in cases.fails if isinstance(case[0], Subject)]
    holding = [each for each in subjects if any(secret in json.dumps(each.inputs) for secret in secrets)]
    assert len(holding) > 10
    for subject in holding:
        for policy in judge.policies:
            if hasattr(judge.policies[policy], "has_validation"):
                reported = " ".join(judge.resource(policy, subject))
                assert not any(secret in reported for secret in secrets), (policy, reported)


def test_even_a_careless_rule_shows_none():
    careless = Rule(
        id="X-01", title="t", severity=Severity.LOW, applies_to=("*",), protects="p", references=("r",), remedy="m",
        judge=is_text("adminPassword", "never"),
    )  # fmt: skip
    (reported,) = Judge(rules=[careless]).resource("X-01", Subject("x", {"adminPassword": "hunter2"}))
    assert "hunter2" not in reported
    assert Resource("x", "n", "u", {}).linked("a") == frozenset()
