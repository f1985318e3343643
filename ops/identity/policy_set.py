"""Azure AD B2C's custom policies of an environment: rendered, and held against the policy format."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import unified_diff
from functools import cache
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree as ET

import xmlschema
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ops.identity.registrations import Lifetimes

BASE: Final = "B2C_1A_AMORA_BASE"
EXTENSIONS: Final = "B2C_1A_AMORA_EXTENSIONS"
PASSWORD_RESET: Final = "B2C_1A_AMORA_PASSWORD_RESET"  # noqa: S105 - the id of a policy
SIGNING_KEY: Final = "B2C_1A_AmoraTokenSigning"
ENCRYPTION_KEY: Final = "B2C_1A_AmoraTokenEncryption"
"""Ids in the tenant; the sign-in policy's is ``identity.policy``."""

_FOLDER: Final = Path(__file__).with_name("policies")
_SPACE: Final = "{http://schemas.microsoft.com/online/cpim/schemas/2013/06}"
FORBIDDEN_CLAIMS: Final = frozenset(
    {"is_superuser", "client_attrs", "clientid_override", "acl", "amora_no_acl_in_tokens"}
)
"""Claims a broker acts on by itself (docs/decisions/0081-whose-tokens-count.md)."""


class PolicyError(ValueError):
    """A rendered policy is none; the text says which and why."""


def policy_set(*, tenant: str, sign_in: str, clients: Mapping[str, str], lifetimes: Lifetimes) -> dict[str, str]:
    """The policies by id, in the order in which they are uploaded: each after the one it is based on.

    Args:
        tenant: its name.
        sign_in: id of the policy that signs users in.
        clients: client ids of ``framework`` and ``proxy``.
        lifetimes: of the tokens.

    Raises:
        PolicyError: one does not keep the format, or names what is nowhere.
    """
    common = {
        "domain": f"{tenant}.onmicrosoft.com",
        "policies": {"base": BASE, "extensions": EXTENSIONS},
        "keys": {"signing": SIGNING_KEY, "encryption": ENCRYPTION_KEY},
        "clients": dict(clients),
        "lifetimes": lifetimes,
    }
    rendered = {
        BASE: _rendered("base.xml.j2", common),
        EXTENSIONS: _rendered("extensions.xml.j2", common),
        sign_in: _rendered("relying_party.xml.j2", {**common, "policy": sign_in, "journey": "SignIn"}),
        PASSWORD_RESET: _rendered(
            "relying_party.xml.j2", {**common, "policy": PASSWORD_RESET, "journey": "PasswordReset"}
        ),
    }
    for name, text in rendered.items():
        check_format(name, text)
    check_references(rendered)
    return rendered


def check_format(name: str, text: str) -> None:
    """Hold one policy against the schema.

    Raises:
        PolicyError: it does not keep it.
    """
    try:
        found = next(_schema().iter_errors(text), None)
    except ET.ParseError as error:
        raise PolicyError(f"{name} is no XML: {error}") from error
    if found is not None:
        raise PolicyError(f"{name} at {found.path}: {found.reason}")


def check_references(policies: Mapping[str, str]) -> None:
    """Hold a set, base first, against itself: what is named is declared in it.

    Raises:
        PolicyError: something is named that is nowhere, or a token would say what a broker acts on.
    """
    declared: dict[str, set[str]] = {}
    named: list[tuple[str, str, str]] = []
    for policy, text in policies.items():
        root = ET.fromstring(text)  # noqa: S314 - our own text
        for kind, name in _declared(root):
            declared.setdefault(kind, set()).add(name)
        named += [(policy, kind, name) for kind, name in _named(root)]
        for claim in root.iterfind(f".//{_SPACE}RelyingParty//{_SPACE}OutputClaim"):
            told = claim.get("PartnerClaimType") or claim.get("ClaimTypeReferenceId", "")
            if told in FORBIDDEN_CLAIMS:
                raise PolicyError(f"{policy}: its tokens would say {told}, which a broker acts on by itself")
    for policy, kind, name in named:
        if name not in declared.get(kind, set()):
            raise PolicyError(f"{policy}: {kind} {name} is named and nowhere declared")


def same(text: str, other: str) -> bool:
    """Whether two policies say the same, whatever their spaces and comments."""
    try:
        return ET.canonicalize(text, strip_text=True) == ET.canonicalize(other, strip_text=True)
    except ET.ParseError:
        return False


def changes(found: str, wanted: str) -> tuple[str, ...]:
    """What makes one policy of another, as lines of a unified diff; spaces and comments count for nothing."""
    return tuple(unified_diff(_lines(found), _lines(wanted), "found", "wanted", lineterm="", n=1))


def _lines(text: str) -> list[str]:
    try:
        root = ET.fromstring(ET.canonicalize(text, strip_text=True))  # noqa: S314 - as B2C keeps it: nobody else writes it
    except ET.ParseError:
        return text.splitlines()
    ET.indent(root)
    return ET.tostring(root, encoding="unicode").splitlines()


def _declared(root: ET.Element) -> Iterator[tuple[str, str]]:
    for kind in ("ClaimType", "TechnicalProfile", "UserJourney", "ContentDefinition", "ClaimsTransformation"):
        for each in root.iter(f"{_SPACE}{kind}"):
            yield kind, each.get("Id", "")
    for each in root.iter(f"{_SPACE}ClaimsExchange"):
        yield "ClaimsExchange", each.get("Id", "")


_REFERENCES: Final[Mapping[str, tuple[str, str]]] = {
    "InputClaim": ("ClaimType", "ClaimTypeReferenceId"),
    "OutputClaim": ("ClaimType", "ClaimTypeReferenceId"),
    "PersistedClaim": ("ClaimType", "ClaimTypeReferenceId"),
    "ValidationTechnicalProfile": ("TechnicalProfile", "ReferenceId"),
    "IncludeTechnicalProfile": ("TechnicalProfile", "ReferenceId"),
    "UseTechnicalProfileForSessionManagement": ("TechnicalProfile", "ReferenceId"),
    "ClaimsExchange": ("TechnicalProfile", "TechnicalProfileReferenceId"),
    "OutputClaimsTransformation": ("ClaimsTransformation", "ReferenceId"),
    "DefaultUserJourney": ("UserJourney", "ReferenceId"),
    "SubjectNamingInfo": ("ClaimType", "ClaimType"),
}


def _named(root: ET.Element) -> Iterator[tuple[str, str]]:
    for element, (kind, attribute) in _REFERENCES.items():
        for each in root.iter(f"{_SPACE}{element}"):
            yield kind, each.get(attribute, "")
    for step in root.iter(f"{_SPACE}OrchestrationStep"):
        for kind, attribute in (
            ("ContentDefinition", "ContentDefinitionReferenceId"),
            ("TechnicalProfile", "CpimIssuerTechnicalProfileReferenceId"),
        ):
            if attribute in step.attrib:
                yield kind, step.attrib[attribute]
    for selection in root.iter(f"{_SPACE}ClaimsProviderSelection"):
        yield from (("ClaimsExchange", name) for name in selection.attrib.values())


@cache
def _schema() -> xmlschema.XMLSchema10:
    return xmlschema.XMLSchema10(str(_FOLDER / "policy.xsd"))


def _rendered(template: str, values: Mapping[str, Any]) -> str:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER), undefined=StrictUndefined, autoescape=True, keep_trailing_newline=True
    )
    return environment.get_template(template).render(values)
