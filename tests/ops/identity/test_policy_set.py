"""Azure AD B2C's policies: rendered for an environment, within the format, and nothing named that is nowhere."""

import re
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from ops.command import app
from ops.errors import ExitCode
from ops.identity.policy_set import (
    BASE,
    EXTENSIONS,
    FORBIDDEN_CLAIMS,
    PASSWORD_RESET,
    PolicyError,
    check_format,
    check_references,
    policy_set,
    same,
)
from ops.identity.registrations import lifetimes
from settings.groups.trust import Identity
from tests.ops.identity.test_identity_command import MODES, stack_file

CLIENTS = {"framework": "6b0a1e1c-8d6a-4bd6-8f8a-4d8b1f6a7c11", "proxy": "7c9e6679-7425-40de-944b-e07fc1f90ae7"}
SIGN_IN = Identity().policy


def policies(tenant="amorasync", **given):
    return policy_set(tenant=tenant, sign_in=SIGN_IN, clients=CLIENTS, lifetimes=given.get("lifetimes", lifetimes()))


def test_the_set_keeps_the_format_and_names_nothing_that_is_nowhere():
    assert list(policies()) == [BASE, EXTENSIONS, SIGN_IN, PASSWORD_RESET]


def test_everything_of_an_environment_is_in_it():
    first, second = policies("amorasync"), policies("amorasyncdev")
    assert all("amorasync.onmicrosoft.com" in text for text in first.values())
    assert {name: text.replace("amorasyncdev", "amorasync") for name, text in second.items()} == first


def test_the_user_is_the_subject_by_the_objects_id():
    """What settings.identity.usernameClaim says of b2c."""
    claim = re.search(r'<OutputClaim ClaimTypeReferenceId="objectId" PartnerClaimType="(\w+)"', policies()[SIGN_IN])
    assert claim
    assert claim[1] == "sub"


@pytest.mark.parametrize(
    ("changed", "item", "value"),
    [
        ({"access_seconds": 300}, "token_lifetime_secs", "300"),
        ({"refresh_days": 1}, "refresh_token_lifetime_secs", "86400"),
        ({"rolling_days": 30}, "rolling_refresh_token_lifetime_secs", "2592000"),
    ],
)
def test_lifetimes_are_the_datas(changed, item, value):
    text = policies(lifetimes=replace(lifetimes(), **changed))[EXTENSIONS]
    assert f'<Item Key="{item}">{value}</Item>' in text


# name -> text of the base policy that becomes another, and what is said of it
BROKEN = {
    "no XML": ("</BuildingBlocks>", "</BuildingBlock>", "is no XML"),
    "an element that is nowhere": ("<BuildingBlocks>", "<BuildingBlocks><Colour />", "Colour"),
    "a wrong order": ("<OutputTokenFormat>JWT</OutputTokenFormat>", "<Domain>x</Domain>", "Domain"),
    "an unknown protocol": ('<Protocol Name="OpenIdConnect" />', '<Protocol Name="OpenId" />', "OpenId"),
    "an unknown type": ("<DataType>boolean</DataType>", "<DataType>bool</DataType>", "bool"),
    "an unknown input": ("<UserInputType>TextBox<", "<UserInputType>TextBx<", "UserInputType: value must be one of"),
    "an unknown token": (
        "<OutputTokenFormat>JWT<",
        "<OutputTokenFormat>JTW<",
        "OutputTokenFormat: value must be one of",
    ),
    "an unknown condition": ('Type="ClaimsExist"', 'Type="ClaimExists"', "ClaimExists"),
    "an unknown action": (">SkipThisOrchestrationStep<", ">SkipThis<", "SkipThis"),
    "a page given twice": (
        '<ContentDefinition Id="api.error">',
        '<ContentDefinition Id="api.signuporsignin">',
        "api.sign",
    ),
    "an id given twice": ('<TechnicalProfile Id="SignUpPage">', '<TechnicalProfile Id="SignInPage">', "SignInPage"),
    "a step given twice": ('Order="2"', 'Order="1"', "1"),
    "another version": ('PolicySchemaVersion="0.3.0.0"', 'PolicySchemaVersion="0.4.0.0"', "0.3.0.0"),
    "another tenant's form": ('TenantId="amorasync.onmicrosoft.com"', 'TenantId="amora.example.com"', "amora.example"),
    "a key without an id": ('<Key Id="issuer_secret" ', "<Key ", "Id"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_breaks_the_format_is_told_with_its_place(case):
    old, new, said = BROKEN[case]
    text = policies()[BASE]
    assert old in text
    with pytest.raises(PolicyError, match=re.escape(said)) as raised:
        check_format(BASE, text.replace(old, new, 1))
    assert str(raised.value).startswith(BASE)


@pytest.mark.parametrize(
    ("policy", "old", "new", "said"),
    [
        (BASE, 'ReferenceId="WriteUserByEmail"', 'ReferenceId="WriteUser"', "TechnicalProfile WriteUser"),
        (BASE, 'ClaimTypeReferenceId="accountEnabled"', 'ClaimTypeReferenceId="enabled"', "ClaimType enabled"),
        (BASE, 'ValidationClaimsExchangeId="SignInExchange"', 'ValidationClaimsExchangeId="X"', "ClaimsExchange X"),
        (BASE, 'ContentDefinitionReferenceId="api.signuporsignin"', 'ContentDefinitionReferenceId="x"', "x is named"),
        (SIGN_IN, 'ReferenceId="SignIn"', 'ReferenceId="SignOn"', "UserJourney SignOn"),
    ],
)
def test_what_is_named_and_nowhere_declared_is_told(policy, old, new, said):
    found = policies()
    assert old in found[policy]
    with pytest.raises(PolicyError, match=said):
        check_references({**found, policy: found[policy].replace(old, new, 1)})


@pytest.mark.parametrize("claim", sorted(FORBIDDEN_CLAIMS))
def test_no_token_says_what_a_broker_acts_on(claim):
    found = policies()
    told = found[SIGN_IN].replace('PartnerClaimType="name"', f'PartnerClaimType="{claim}"')
    with pytest.raises(PolicyError, match=claim):
        check_references({**found, SIGN_IN: told})


def test_a_policy_is_the_same_whatever_its_spaces_and_comments():
    text = policies()[SIGN_IN]
    assert same(text, text.replace("><", ">\n<"))
    assert same(text, re.sub(r"<!--.*?-->", "", text))
    assert not same(text, text.replace("sub", "oid"))
    assert not same(text, "no XML")


@pytest.fixture
def render(tmp_path):
    def invoke(mode, out):
        file = stack_file(tmp_path, MODES[mode])
        return CliRunner().invoke(app, ["identity", "render", "--config-file", str(file), "--out", str(out)])

    return invoke


def test_the_policies_of_an_environment_are_written_into_files(render, tmp_path):
    asked = render("b2c", tmp_path / "policies")
    assert asked.exit_code == 0, asked.output
    for name in (BASE, EXTENSIONS, SIGN_IN, PASSWORD_RESET):
        check_format(name, (tmp_path / "policies" / f"{name}.xml").read_text(encoding="utf-8"))


def test_a_tenant_of_external_id_has_no_policies_to_write(render, tmp_path):
    asked = render("externalId", tmp_path / "policies")
    assert asked.exit_code == ExitCode.SIGN_IN_SETTINGS
    assert "allowed is b2c" in asked.output


def test_a_folder_that_cannot_be_written_is_told(render, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert render("b2c", tmp_path / "file").exit_code == ExitCode.LOCAL_FILE
