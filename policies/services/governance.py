"""What holds for every resource: tags, regions, no credential in plain sight."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from policies.finding import Finding, names_credential
from policies.resources import Resource
from policies.rule import Rule, Severity
from policies.services.untagged import UNTAGGED

_AZURE: Final = ("azure-native:*",)

MANDATORY_TAGS: Final = ("application", "environment", "managedBy", "region", "owner", "costCentre")
"""The first four the program sets by itself; the stack file names who owns the stack and who pays."""

# Regions whose data stays in the EU Data Boundary (learn.microsoft.com, "What is the EU Data Boundary?"), in Azure's
# programmatic spelling, and `global`, which is what types without a region say.
REGIONS: Final = frozenset(
    {
        "austriaeast",
        "belgiumcentral",
        "denmarkeast",
        # Of identity tenants, which name a continent.
        "europe",
        "francecentral",
        "francesouth",
        "germanynorth",
        "germanywestcentral",
        "global",
        "italynorth",
        "northeurope",
        "norwayeast",
        "norwaywest",
        "polandcentral",
        "spaincentral",
        "swedencentral",
        "swedensouth",
        "switzerlandnorth",
        "switzerlandwest",
        "westeurope",
    }
)

# Where Azure takes a credential and the program passes one that Pulumi keeps secret: type, and path with `*` for a
# position in a list. What is here is encrypted in the state; a test of the program holds that.
_WHERE_CREDENTIALS_BELONG: Final = frozenset(
    {
        ("azure-native:keyvault:Secret", "properties.value"),
        ("azure-native:dbforpostgresql:Server", "administratorLoginPassword"),
        ("azure-native:app:ManagedEnvironmentsStorage", "properties.azureFile.accountKey"),
    }
)
CREDENTIAL_TEXT: Final = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----|AccountKey=|SharedAccessKey=|InstrumentationKey=|[?&]sig=[A-Za-z0-9%]{20,}"
    r"|\b[a-z][a-z0-9+.-]*://[^\s:/@]+:[^\s:/@${}]+@"
)

TAGS = Rule(
    id="GOV-01",
    title="Every resource says whose it is and who pays",
    severity=Severity.LOW,
    applies_to=_AZURE,
    when=lambda resource: resource.token not in UNTAGGED,
    protects="whoever finds the resource, its bill or its alert",
    references=("Azure.Resource.UseTags", "CAF: Define your tagging strategy"),
    remedy="pass tags=dict(cell.tags); name owner and costCentre in the stack file's tags",
)


@TAGS.check
def _(resource: Resource) -> Finding | None:
    tags = resource.free("tags")
    missing = [name for name in MANDATORY_TAGS if not tags.given(name.casefold())]
    return Finding("tags", f"no {', '.join(missing)}", ", ".join(MANDATORY_TAGS)) if missing else None


LOCATION = Rule(
    id="GOV-02",
    title="Everything stands in a region of the EU Data Boundary",
    severity=Severity.HIGH,
    applies_to=_AZURE,
    when=lambda resource: resource.given("location"),
    protects="the personal data of the users, which the platform keeps in the EU",
    references=("Azure.Resource.AllowedRegions", "learn.microsoft.com, What is the EU Data Boundary?"),
    remedy="choose an allowed region.location, or change REGIONS in policies/services/governance.py with its reason",
)


@LOCATION.check
def _(resource: Resource) -> Finding | None:
    # Azure takes the display name ("West Europe") as well.
    region = resource.text("location").replace(" ", "").casefold()
    return None if region in REGIONS else Finding("location", region, "a region of the EU Data Boundary")


PLAIN_CREDENTIALS = Rule(
    id="GOV-03",
    title="No credential stands in a property in plain sight",
    severity=Severity.CRITICAL,
    applies_to=_AZURE,
    protects="every credential: what stands in a property is shown by Azure to each reader of the resource",
    references=("MCSB IM-8", "Azure.Deployment.SecureValue"),
    remedy="keep the credential in the vault and pass its address (components/vault_secret.py)",
)


@PLAIN_CREDENTIALS.check
def _(resource: Resource) -> Iterator[Finding]:
    for path, value in resource.leaves():
        if (resource.token, re.sub(r"\.\d+(?=\.|$)", ".*", path)) in _WHERE_CREDENTIALS_BELONG:
            continue
        if _is_credential(path, value):
            yield Finding(path, "a credential in plain text", "an address in the vault")


def _is_credential(path: str, value: Any) -> bool:
    if not isinstance(value, str) or not value:
        return False
    named = [step for step in path.split(".") if not step.isdigit()]
    return (bool(named) and names_credential(named[-1])) or CREDENTIAL_TEXT.search(value) is not None
