from __future__ import annotations

from tests.policies import baselines
from tests.policies.baselines import DIGEST, SERVER, container, probe
from tests.policies.cases import Cases, CaseTable, StackCases
from tests.policies.cases.shorthand import Kind, unread
from tests.policies.subjects import UNKNOWN, Subject

APP = Kind("app:ContainerApp", baselines.APP)
EDGE = Kind("app:ContainerApp", baselines.EDGE)
JOB = Kind("app:Job", baselines.JOB)
IDENTITY = Kind("managedidentity:UserAssignedIdentity", {})
SELF = IDENTITY(name="self")
WHO = {"identity": ("self",)}
IMAGE = "template.containers.0.image"
LEAST = "template.scale.minReplicas"
ONCE = EDGE({LEAST: 1})
VAULT = "https://kv-amora-prod.vault.azure.net/secrets/emqx-cookie"


def app_with(*variables: dict[str, object]) -> Subject:
    return APP({"template.containers": [container(env=list(variables))]})


CASES: CaseTable = {
    "ACA-01": Cases(
        passes=(APP(), JOB(), APP({IMAGE: f"{SERVER}/emqx/emqx:5.8.9@{DIGEST}"})),
        fails=(
            (APP({IMAGE: f"{SERVER}/emqx/emqx:5.8.9"}), f"{IMAGE}: found {SERVER}/emqx/emqx:5.8.9"),
            (APP({IMAGE: f"{SERVER}/emqx/emqx:latest"}), "latest"),
            (APP({IMAGE: f"{SERVER}/emqx/emqx@sha256:abc"}), "a digest"),
            (APP.without(IMAGE), "found nothing"),
            (APP({"template.initContainers.0.image": f"{SERVER}/amora/migrate:1"}), "template.initContainers.0.image"),
            (JOB({IMAGE: f"{SERVER}/tools:1"}), IMAGE),
        ),
        unread=unread(APP, IMAGE, "template.containers", "template.containers.0", "template.initContainers.0.image"),
    ),
    "ACA-02": Cases(
        passes=(APP(), JOB(), APP({IMAGE: f"{SERVER.upper()}/emqx/emqx@{DIGEST}"})),
        fails=(
            (APP({IMAGE: f"public.ecr.aws/emqx/emqx@{DIGEST}"}), "found public.ecr.aws"),
            (APP({IMAGE: f"emqx/emqx@{DIGEST}"}), IMAGE),
            (APP({IMAGE: f"other.azurecr.io/emqx/emqx@{DIGEST}"}), "other.azurecr.io"),
            (APP.without("configuration.registries"), "configuration.registries"),
            (APP({"template.initContainers.0.image": "busybox"}), "template.initContainers.0.image"),
        ),
        unread=unread(APP, IMAGE, "configuration.registries.0.server", "configuration.registries"),
    ),
    "ACA-03": Cases(
        passes=(APP(), JOB(), APP({"configuration.registries": []})),
        fails=(
            (APP.without("configuration.registries.0.identity"), "the app's identity"),
            (APP({"configuration.registries.0.passwordSecretRef": "pull"}), "found a password"),
        ),
        unread=unread(APP, "configuration.registries"),
        assumed=(APP.unknown("configuration.registries.0.identity"),),
    ),
    "ACA-04": Cases(
        passes=(APP(), JOB(), APP.without("configuration.secrets")),
        fails=(
            (APP({"configuration.secrets": [{"name": "cookie", "value": "monster"}]}), "a value (not shown)"),
            (APP({"configuration.secrets.0.value": "monster"}), "configuration.secrets.0.value"),
            (APP.without("configuration.secrets.0.identity"), "configuration.secrets.0.identity"),
            (JOB({"configuration.secrets": [{"name": "key", "value": "monster"}]}), "keyVaultUrl and identity"),
        ),
        unread=unread(APP, "configuration.secrets"),
        assumed=(APP({"configuration.secrets.0.keyVaultUrl": UNKNOWN, "configuration.secrets.0.identity": UNKNOWN}),),
    ),
    "ACA-05": Cases(
        passes=(APP(), JOB(), APP.without("configuration.secrets")),
        fails=(
            (
                APP({"configuration.secrets.0.keyVaultUrl": VAULT}),
                f"configuration.secrets.0.keyVaultUrl: found {VAULT}",
            ),
            (APP({"configuration.secrets.0.keyVaultUrl": f"{VAULT}/"}), "version"),
            (APP({"configuration.secrets.0.keyVaultUrl": f"{VAULT}/latest"}), "version"),
        ),
        deferred=unread(APP, "configuration.secrets.0.keyVaultUrl"),
        unread=unread(APP, "configuration.secrets"),
    ),
    "ACA-06": Cases(
        passes=(
            APP(),
            JOB(),
            app_with({"name": "COOKIE_FILE", "value": "/mnt/amora/cookie"}),
            app_with({"name": "EMQX_NODE__COOKIE", "secretRef": "emqx-cookie"}),
        ),
        fails=(
            (app_with({"name": "EMQX_NODE__COOKIE", "value": "monster"}), "a plain value for EMQX_NODE__COOKIE"),
            (app_with({"name": "PGPASSWORD", "value": "monster"}), "PGPASSWORD"),
            (app_with({"name": "A", "value": "1"}, {"name": "API_KEY", "value": "monster"}), "env.1.value"),
        ),
        unread=(
            (app_with({"name": UNKNOWN, "value": "monster"}), "template.containers.0.env.0.name"),
            *unread(APP, "template.containers.0.env"),
        ),
        assumed=(app_with({"name": "LEVEL", "value": UNKNOWN}),),
    ),
    "ACA-07": Cases(
        passes=(APP(), EDGE()),
        fails=(
            (APP.without("template.containers.0.probes"), "no Liveness, Readiness, Startup"),
            (APP({"template.containers.0.probes": [probe("liveness")]}), "no Readiness, Startup"),
        ),
        unread=unread(APP, "template.containers.0.probes", "template.containers.0.probes.0.type"),
        not_applicable=(JOB(),),
    ),
    "ACA-08": Cases(
        passes=(APP(), JOB(), APP({"identity.type": "SystemAssigned"})),
        fails=((APP.without("identity"), "found None"), (JOB({"identity.type": "None"}), "identity.type: found None")),
        unread=unread(APP, "identity.type", "identity"),
    ),
    "ACA-09": StackCases(
        passes=(
            (EDGE(),),
            (ONCE, EDGE({LEAST: 1}, name="elsewhere")),
            (APP(),),
        ),
        fails=(
            ((ONCE,), "subject", "found 1, wanted 2 or more"),
            ((EDGE.without("template.scale"),), "subject", "found 0"),
            ((ONCE, EDGE({LEAST: 1, IMAGE: f"{SERVER}/other@{DIGEST}"}, name="other")), "other", "found 1"),
        ),
        unread=(((EDGE({LEAST: UNKNOWN}),), LEAST), ((EDGE({IMAGE: UNKNOWN}),), IMAGE)),
        not_applicable=((JOB(),),),
    ),
    "ACA-10": Cases(
        passes=(APP(), APP({IMAGE: f"{SERVER}/cache/emqx/emqx-enterprise:6.2.3@{DIGEST}"})),
        fails=(
            (APP({"template.scale.maxReplicas": 3}), "template.scale.maxReplicas: found 3, wanted 1"),
            (APP({"template.scale.minReplicas": 0}), "template.scale.minReplicas: found 0, wanted 1"),
            (APP.without("template.scale"), "template.scale.maxReplicas: found 10"),
            (APP({"configuration.activeRevisionsMode": "Multiple"}), "wanted Single"),
        ),
        unread=unread(APP, "template.scale.maxReplicas", "configuration.activeRevisionsMode", IMAGE),
        not_applicable=(EDGE(), EDGE({IMAGE: f"{SERVER}/emqx/exporter@{DIGEST}"})),
    ),
    "ACA-11": StackCases(
        passes=(
            (APP(links=WHO), SELF),
            (APP(links=WHO), SELF, JOB(name="job", links={"identity": ("other",)}), IDENTITY(name="other")),
            # An app's vault or registry may be linked to what another app's is.
            (APP(), JOB(name="job", links={"configuration": ("self",)}), SELF),
        ),
        fails=(
            ((APP(links=WHO), EDGE(name="edge", links=WHO), SELF), "subject", "self, which 2 apps use"),
            ((APP(links=WHO), JOB(name="job", links=WHO), SELF), "job", "self, which 2 apps use"),
        ),
        assumed=((APP({"identity": UNKNOWN}, links=WHO), SELF),),
        not_applicable=((SELF,),),
    ),
}
