"""The client guide's arithmetic, done again from the figures it names."""

import re

import pytest

from ops.identity.registrations import lifetimes
from tests.docs.pages import page

CLIENTS, TENANT, ADDRESS = 5_000, 200, 20
SIGN_IN = 4 + 1  # requests: at the page, at the token's address
HOUR = lifetimes().access_seconds
TEXT = page("docs/clients.md").text


def test_tokens_last_as_long_as_the_guide_says():
    assert HOUR == 3_600


@pytest.mark.parametrize(
    "said",
    [
        f"200 / 5 = {TENANT // SIGN_IN}; {TENANT // 4} by the page alone",
        f"20 / 5 = {ADDRESS // SIGN_IN} |",
        f"200 / 7 = {TENANT // (6 + 1)} | {ADDRESS // (6 + 1)} |",
        f"200 / 3 = {TENANT // (2 + 1)} | {ADDRESS // (2 + 1)} |",
        f"5,000 x 5 = {CLIENTS * SIGN_IN:,} requests: {CLIENTS * SIGN_IN // TENANT} s",
        f"25,000 / 20 = {CLIENTS * SIGN_IN // ADDRESS:,} s: {round(CLIENTS * SIGN_IN / ADDRESS / 60)} minutes",
        f"5,000 / 200 = {CLIENTS // TENANT} s, if nobody tries twice; behind one address {CLIENTS // ADDRESS} s",
        f"5,000 / {HOUR // 3:,} s = {CLIENTS / (HOUR / 3):.1f} requests a second",
        f"5,000 / {HOUR * 5 // 6:,} s = {CLIENTS / (HOUR * 5 / 6):.1f} once",
    ],
)
def test_a_figure_is_what_it_is_made_of(said):
    assert said in re.sub(r"\s+", " ", TEXT)
