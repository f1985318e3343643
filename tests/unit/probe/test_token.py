"""The app's token: fetched, kept, renewed, and what is said when there is none."""

from pathlib import Path

import pytest

from probe.settings import Endpoint, Settings
from probe.token import TokenError, Tokens
from tests.servers import token_endpoint
from tests.servers.token_endpoint import Tenant

SECRET = "s3cret"


@pytest.fixture
def tenant():
    with token_endpoint.running(Tenant(token_endpoint.token({"oid": "user-1", "sub": "subject-1"}))) as answering:
        yield answering


def tokens(tenant, clock=lambda: 0.0, claim="oid"):
    settings = Settings(
        device_id="probe-0001",
        mqtt=Endpoint(host="h", port=1),
        certificate=Path("x"),
        trust="",
        web_socket=Endpoint(host="h", port=1),
        path="/mqtt",
        token_url=tenant.url,
        client_id="c",
        client_secret=SECRET,
        scope="s",
        username_claim=claim,
        interval_seconds=1,
        timeout_seconds=1,
        latency_seconds=0.1,
        metrics_port=1,
    )
    return Tokens(settings, clock)


@pytest.mark.parametrize(("claim", "username"), [("oid", "user-1"), ("sub", "subject-1")])
def test_the_username_is_the_claim_the_broker_compares(tenant, claim, username):
    assert tokens(tenant, claim=claim).current().username == username


def test_it_is_kept_for_four_fifths_of_its_life(tenant):
    now = [0.0]
    tenant.expires_in = 100
    kept = tokens(tenant, lambda: now[0])
    for second, due, asked in ((0, False, 1), (79, False, 1), (80, True, 1)):
        now[0] = second
        assert kept.due() is (due if second else False)
        if not due:
            kept.current()
        assert len(tenant.asked) == asked
    kept.current()
    assert len(tenant.asked) == 2
    assert not kept.due()


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ((401, b'{"error": "invalid_client", "error_description": "s3cret"}'), "status 401, invalid_client"),
        ((200, b"{}"), "no access_token"),
        ((200, b"[]"), "no access_token"),
        ((500, b""), "status 500"),
        ((200, b"<html>"), "JSONDecodeError"),
        ((200, b'{"access_token": "no.token"}'), "the token has no claim oid"),
        ((200, b'{"access_token": "plain"}'), "the token has no claim oid"),
    ],
)
def test_without_one_it_says_why_and_no_secret(tenant, answer, says):
    tenant.answers = [answer]
    with pytest.raises(TokenError) as refused:
        tokens(tenant).current()
    assert says in str(refused.value)
    assert SECRET not in str(refused.value)


def test_a_tenant_that_is_away(tenant):
    tenant.url = "http://127.0.0.1:1/token"
    with pytest.raises(TokenError, match="ConnectError"):
        tokens(tenant).current()
