"""`ops identity check`: the broker's verdict on a token, its topics, and what else the broker would do."""

import json
import time

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from typer.testing import CliRunner

from ops.command import app
from ops.errors import ExitCode
from ops.identity import command
from ops.identity.registrations import body, registrations
from ops.pulumi_stack import PulumiStack
from ops.rights import reach
from settings.groups import trust
from topics.acl_rows import app_rows

KEY, FOREIGN = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
USER = "0f8fad5b-d9cb-469f-a165-70867728950e"
OUTPUTS = {
    "tokenIssuer": "https://login.example.com/tenant/v2.0",
    "tokenKeys": "https://login.example.com/keys",
    "tokenAudience": "6b0a1e1c-8d6a-4bd6-8f8a-4d8b1f6a7c11",
    "tokenUsernameClaim": "oid",
}


def claims(**changed):
    usual = {"iss": OUTPUTS["tokenIssuer"], "aud": OUTPUTS["tokenAudience"], "oid": USER, "exp": int(time.time()) + 60}
    return {name: value for name, value in {**usual, **changed}.items() if value is not None}


@pytest.fixture
def check(tmp_path, monkeypatch):
    keys = json.dumps({"keys": [{**json.loads(RSAAlgorithm.to_jwk(KEY.public_key())), "kid": "published"}]})
    monkeypatch.setattr(command, "_keys", lambda _: command.key_set(keys))
    monkeypatch.setattr(PulumiStack, "outputs", lambda _: OUTPUTS)
    file = tmp_path / "token"

    def run(said, *words, code=0):
        token = said if isinstance(said, str) else jwt.encode(said, KEY, algorithm="RS256")
        file.write_text(f"{token}\n")
        asked = CliRunner().invoke(app, ["identity", "check", str(file), "--json", *words])
        assert asked.exit_code == code, asked.output
        return json.loads(asked.stdout)

    return run


def test_a_good_token_is_taken_and_opens_the_topics_of_a_device(check):
    said = check(claims(), "--device", "kitchen-1")
    assert said["verdict"]["taken"] is True
    assert said["verdict"]["username"] == USER
    assert [row["topic"] for row in map(dict_of, said["rows"])] == [row.topic for row in app_rows("kitchen-1")]


def dict_of(row):
    return dict(zip(("permission", "action", "topic", "qos", "retain"), row, strict=True))


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"exp": 1}, "exp: it has ended"),
        ({"nbf": 4102444800}, "nbf: it is not valid yet"),
        ({"iss": "https://other.example/"}, "iss: found 'https://other.example/'"),
        ({"aud": "other"}, "aud: found 'other'"),
        ({"oid": None}, "oid: it has none"),
    ],
)
def test_a_refused_token_names_the_rule(check, changed, why):
    verdict = check(claims(**changed), code=ExitCode.TOKEN)["verdict"]
    assert verdict["taken"] is False
    assert why in verdict["why"]


HEADERS = {
    "a key of the tenant": (KEY, "RS256", "published", ""),
    "another key under its kid": (FOREIGN, "RS256", "published", "though it names published, which is one of them"),
    "another key": (FOREIGN, "RS256", "foreign", "kid 'foreign' is none of published"),
    "a shared secret": ("s" * 32, "HS256", "published", "alg: found 'HS256'; the broker takes RS256"),
    "no signature": (None, "none", "published", "alg: found 'none'; the broker takes RS256"),
}


@pytest.mark.parametrize("case", HEADERS)
def test_the_header_is_told_and_what_is_wrong_with_it(check, case):
    key, algorithm, kid, why = HEADERS[case]
    signed = jwt.encode(claims(), key, algorithm=algorithm, headers={"kid": kid})
    verdict = check(signed, code=ExitCode.TOKEN if why else 0)["verdict"]
    assert (verdict["algorithm"], verdict["key_id"]) == (algorithm, kid)
    assert why in verdict["why"]


def test_what_is_no_token_is_told(check):
    assert check("correct horse", code=ExitCode.TOKEN)["verdict"]["why"] == "it is no signed token"


@pytest.mark.parametrize("claim", ["is_superuser", "client_attrs", "clientid_override"])
def test_a_claim_the_broker_acts_on_is_told(check, claim):
    (remark,) = check(claims(**{claim: True}))["verdict"]["remarks"]
    assert remark.startswith(claim)


def test_a_token_without_an_end_is_told(check):
    assert check(claims(exp=None))["verdict"]["remarks"] == ["exp: it has none, so the broker would take it for ever"]


def test_a_stack_that_takes_no_tokens_yet_is_told(check, monkeypatch):
    monkeypatch.setattr(PulumiStack, "outputs", lambda _: {**OUTPUTS, "tokenIssuer": ""})
    asked = CliRunner().invoke(app, ["identity", "check", __file__])
    assert asked.exit_code == ExitCode.NOT_DEPLOYED
    assert "tokenIssuer" in asked.output


def test_keys_out_of_reach_are_told(monkeypatch):
    monkeypatch.setattr(PulumiStack, "outputs", lambda _: {**OUTPUTS, "tokenKeys": "http://127.0.0.1:1/keys"})
    asked = CliRunner().invoke(app, ["identity", "check", __file__])
    assert asked.exit_code == ExitCode.OUT_OF_REACH


def test_what_an_app_asks_for_is_what_the_registration_has():
    """settings.identity.scope and ops/identity/registrations.toml say it apart."""
    for mode in ("b2c", "externalId"):
        broker, *_ = registrations(mode, tenant="amorasync", zone="amora.example.com", environment="prod")
        audience = "6b0a1e1c-8d6a-4bd6-8f8a-4d8b1f6a7c11"
        told = trust.Identity(mode=mode, tenant="amorasync", audience=audience).scope
        assert broker.key == "broker"
        assert told == f"{broker.address}/{broker.scope.value}"
        assert body(broker, {})["api"]["requestedAccessTokenVersion"] == 2


def test_the_database_is_asked_only_when_told(check, monkeypatch):
    asked = []
    monkeypatch.setattr(reach, "reached", lambda *_: asked.append(1))
    check(claims())
    assert asked == []
