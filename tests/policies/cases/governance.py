from __future__ import annotations

from tests.policies import baselines
from tests.policies.cases import Cases, CaseTable
from tests.policies.cases.key_vault import SECRET, VAULT
from tests.policies.cases.monitoring import SETTING, WORKSPACE
from tests.policies.cases.shorthand import Kind, unread
from tests.policies.subjects import UNKNOWN, Subject

POSTGRES = Kind("dbforpostgresql:Server", baselines.POSTGRES)
APP = Kind("app:ContainerApp", baselines.APP)
GROUP = Kind("resources:ResourceGroup", {"resourceGroupName": "rg", "location": "westeurope", "tags": baselines.TAGS})
NEW_TYPE = Subject("azure-native:unheard:Of", {"location": "westeurope"})
COMPONENT = Subject("amora:data:Vault", {"location": "eastus", "password": "p"})

CASES: CaseTable = {
    "GOV-01": Cases(
        passes=(VAULT(), GROUP()),
        fails=(
            (VAULT({"tags.owner": None}), "tags: found no owner"),
            (VAULT({"tags.owner": ""}), "no owner"),
            (VAULT.without("tags"), "no application, environment, managedBy, region, owner, costCentre"),
            (NEW_TYPE, "no application"),
        ),
        also_passes=(VAULT({"tags.owner": None, "tags.Owner": "amora-platform"}),),
        assumed=(VAULT.unknown("tags.owner"),),
        unread=unread(VAULT, "tags"),
        not_applicable=(SETTING(), COMPONENT),
    ),
    "GOV-02": Cases(
        passes=(
            VAULT(),
            VAULT({"location": "West Europe"}),
            VAULT({"location": "global"}),
            VAULT({"location": "Europe"}),
        ),
        fails=(
            (VAULT({"location": "eastus"}), "found eastus"),
            (VAULT({"location": "East US 2"}), "found eastus2"),
            (VAULT({"location": "United States"}), "found unitedstates"),
        ),
        unread=unread(VAULT, "location"),
        not_applicable=(SETTING(), COMPONENT, VAULT.without("location")),
    ),
    "GOV-03": Cases(
        passes=(
            VAULT(),
            SECRET(),
            POSTGRES(),
            APP(),
            WORKSPACE({"features.disableLocalAuth": True}),
            VAULT({"tags.passwordRotation": "yearly"}),
        ),
        fails=(
            (VAULT({"tags.password": "hunter2"}), "a value (not shown)"),
            (GROUP({"tags.note": "-----BEGIN EC PRIVATE KEY-----"}), "tags.note: found a credential in plain text"),
            (
                APP({"template.containers.0.args": ["AccountKey=abcdef"]}),
                "template.containers.0.args.0: found a credential in plain text",
            ),
            (
                APP({"template.containers.0.env.0.value": "postgresql://emqx:hunter2@db:5432/mqtt"}),
                "template.containers.0.env.0.value",
            ),
            (Subject("azure-native:unheard:Of", {"properties": {"adminPassword": "hunter2"}}), "adminPassword"),
        ),
        # A value that is not known yet is an answer of Azure, and no text that somebody wrote down.
        assumed=(VAULT({"tags.password": UNKNOWN}),),
        not_applicable=(COMPONENT,),
    ),
}
