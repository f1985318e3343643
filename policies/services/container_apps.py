"""Container Apps and jobs: what runs, with which secrets, reachable by whom."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from policies.finding import Finding, Unread, names_credential
from policies.judgements import NOTHING, about, each, is_text
from policies.properties import Properties
from policies.resources import Resource, Stack
from policies.rule import IN_PROD, Judged, Rule, Severity, StackRule

APP: Final = "azure-native:app:ContainerApp"
_JOB: Final = "azure-native:app:Job"
_BOTH: Final = (APP, _JOB)
_IDENTITY: Final = "azure-native:managedidentity:UserAssignedIdentity"

_DIGEST: Final = re.compile(r"@sha256:[0-9a-f]{64}$")
_VERSIONED: Final = re.compile(r"https://[a-z0-9-]+\.vault\.[a-z.]+/secrets/[A-Za-z0-9-]+/[0-9a-f]{32}", re.IGNORECASE)
_OUR_REGISTRY: Final = ".azurecr.io"
_SECRET_ADDRESSES: Final = ("configuration.secrets.*.keyVaultUrl",)
_BROKER: Final = re.compile(r"(^|/)emqx(-enterprise)?$")
_MIN_REPLICAS: Final = "template.scale.minReplicas"
_PROBES: Final = ("Liveness", "Readiness", "Startup")


def _containers(app: Resource) -> tuple[Properties, ...]:
    return (*app.items("template.containers"), *app.items("template.initContainers"))


def _repository(image: str) -> str:
    path = image.partition("@")[0].partition("/")[2]
    return path.partition(":")[0]


def is_broker(app: Resource) -> bool:
    """Whether the app is a broker node, by its image."""
    return any(_BROKER.search(_repository(item.text("image"))) for item in app.items("template.containers"))


PINNED_IMAGE = Rule(
    id="ACA-01",
    title="What runs is named by digest",
    severity=Severity.HIGH,
    applies_to=_BOTH,
    protects="every app: who can push a tag chooses what runs",
    references=("CKV_K8S_43", "learn.microsoft.com, Recommendations for tagging and versioning container images"),
    remedy="write the image as <registry>/<repository>@sha256:<digest>",
)


@PINNED_IMAGE.check
def _(app: Resource) -> Judged:
    return each(_containers(app), _unpinned)


def _unpinned(container: Properties) -> Iterator[Finding | Unread]:
    image = container.text("image")
    if not _DIGEST.search(image):
        yield Finding(container.at("image"), image or NOTHING, "a digest: @sha256:...")


OUR_REGISTRY = Rule(
    id="ACA-02",
    title="What runs comes from our own registry",
    severity=Severity.HIGH,
    applies_to=_BOTH,
    protects="every app, from an upstream that is down, limits pulls or was taken over",
    references=("MCSB DS-6", "learn.microsoft.com, Artifact cache in Azure Container Registry"),
    remedy="pull through a cache rule of the registry, and name the registry in configuration.registries",
)


@OUR_REGISTRY.check
def _(app: Resource) -> Judged:
    servers = {item.text("server").casefold() for item in app.items("configuration.registries")}
    return each(_containers(app), lambda container: _foreign(container, servers))


def _foreign(container: Properties, servers: set[str]) -> Finding | None:
    image = container.text("image")
    server = image.partition("/")[0].casefold()
    if server.endswith(_OUR_REGISTRY) and server in servers:
        return None
    return Finding(container.at("image"), image or NOTHING, "an image of the registry in configuration.registries")


PULL_BY_IDENTITY = Rule(
    id="ACA-03",
    title="Images are pulled by an identity, not with a password",
    severity=Severity.HIGH,
    applies_to=_BOTH,
    protects="the registry's credentials",
    references=("Azure.ContainerApp.ManagedIdentity", "MCSB IM-1"),
    remedy="set identity of the registry, and neither username nor passwordSecretRef",
)


@PULL_BY_IDENTITY.check
def _(app: Resource) -> Judged:
    return each(app.items("configuration.registries"), _pulls_with_password)


def _pulls_with_password(registry: Properties) -> Finding | None:
    if registry.given("passwordSecretRef"):
        return Finding(registry.at("passwordSecretRef"), "a password", "the app's identity")
    return None if registry.given("identity") else Finding(registry.at("identity"), NOTHING, "the app's identity")


VAULT_SECRETS = Rule(
    id="ACA-04",
    title="An app's secrets stand in the vault",
    severity=Severity.CRITICAL,
    applies_to=_BOTH,
    protects="every password: a secret of the app itself is shown to whoever may list its secrets",
    references=("learn.microsoft.com, Manage secrets in Azure Container Apps", "MCSB IM-8"),
    remedy="give keyVaultUrl and identity, and no value (components/container_app.py)",
)


@VAULT_SECRETS.check
def _(app: Resource) -> Judged:
    return each(app.items("configuration.secrets"), _outside_vault)


def _outside_vault(secret: Properties) -> Iterator[Finding | Unread]:
    if secret.given("value"):
        yield Finding(secret.at("value"), "a value (not shown)", "keyVaultUrl and identity")
    for name in ("keyVaultUrl", "identity"):
        if not secret.given(name):
            yield Finding(secret.at(name), NOTHING, "keyVaultUrl and identity")


SECRET_VERSION = Rule(
    id="ACA-05",
    title="An app takes a secret in one version",
    severity=Severity.HIGH,
    applies_to=_BOTH,
    deferred=_SECRET_ADDRESSES,
    protects="the cluster: an address without a version restarts every node at once when the secret changes",
    references=("learn.microsoft.com, Manage secrets in Azure Container Apps: secret lifecycle management",),
    remedy="pass what vault_secret(...) returns: secretUriWithVersion",
)


@SECRET_VERSION.check
def _(app: Resource) -> Judged:
    return each(app.items("configuration.secrets"), _without_version)


def _without_version(secret: Properties) -> Finding | None:
    address = secret.text("keyVaultUrl")
    if not address or _VERSIONED.fullmatch(address):
        return None
    return Finding(secret.at("keyVaultUrl"), address, "an address that ends in the secret's version")


SECRET_VARIABLES = Rule(
    id="ACA-06",
    title="A variable that holds a credential names a secret",
    severity=Severity.CRITICAL,
    applies_to=_BOTH,
    protects="every password: a plain variable is shown to each reader of the app",
    references=("learn.microsoft.com, Manage secrets in Azure Container Apps", "MCSB IM-8"),
    remedy="give the variable a secretRef instead of a value",
)


@SECRET_VARIABLES.check
def _(app: Resource) -> Judged:
    variables = [item for container in _containers(app) for item in container.items("env")]
    return each(variables, _plain_credential)


def _plain_credential(variable: Properties) -> Finding | None:
    if names_credential(variable.text("name")) and variable.given("value"):
        return Finding(variable.at("value"), f"a plain value for {variable.text('name')}", "secretRef")
    return None


PROBES = Rule(
    id="ACA-07",
    title="The platform can tell whether a container is up",
    severity=Severity.MEDIUM,
    applies_to=(APP,),
    protects="clients, from a replica that hangs",
    references=("APRL 8dbcd94b", "learn.microsoft.com, Health probes in Azure Container Apps"),
    remedy="give every container a liveness, a readiness and a startup probe",
)


@PROBES.check
def _(app: Resource) -> Judged:
    return each(app.items("template.containers"), _unprobed)


def _unprobed(container: Properties) -> Finding | None:
    found = {item.text("type").casefold() for item in container.items("probes")}
    missing = [kind for kind in _PROBES if kind.casefold() not in found]
    return Finding(container.at("probes"), f"no {', '.join(missing)}", ", ".join(_PROBES)) if missing else None


IDENTITY = Rule(
    id="ACA-08",
    title="An app has an identity of its own",
    severity=Severity.MEDIUM,
    applies_to=_BOTH,
    protects="the keys it would need otherwise",
    references=("Azure.ContainerApp.ManagedIdentity", "MCSB IM-3"),
    remedy="set identity.type to UserAssigned (components/app_identity.py)",
    judge=is_text("identity.type", "UserAssigned", "SystemAssigned", "SystemAssigned,UserAssigned", default="None"),
)

REPLICAS = StackRule(
    id="ACA-09",
    title="What runs in production runs twice or more, as replicas of one app or as apps of the same image",
    severity=Severity.MEDIUM,
    about=(APP,),
    protects="its clients, while one replica is replaced or its zone is out",
    references=("Azure.ContainerApp.MinReplicas",),
    remedy="set template.scale.minReplicas to 2 or more, or run the app in two environments",
    levels=IN_PROD,
)


@REPLICAS.check
def _(stack: Stack) -> Iterator[Finding | Unread]:
    alike: dict[tuple[str, ...], list[Resource]] = {}
    for app in stack.of(APP):
        if not is_broker(app):
            alike.setdefault(tuple(item.text("image") for item in app.items("template.containers")), []).append(app)
    for apps in alike.values():
        least = sum(app.number(_MIN_REPLICAS, 0) for app in apps)
        if least < 2:
            yield from about(apps, lambda app: Finding(_MIN_REPLICAS, f"{app.number(_MIN_REPLICAS, 0):g}", "2 or more"))


ONE_NODE = Rule(
    id="ACA-10",
    title="A broker node is one app with one replica in one revision",
    severity=Severity.CRITICAL,
    applies_to=(APP,),
    when=is_broker,
    protects="the cluster: replicas of one app share a node name and cannot address each other",
    references=("github.com/microsoft/azure-container-apps issue 235", "docs/decisions"),
    remedy="set minReplicas and maxReplicas to 1 and activeRevisionsMode to Single; a node more is an app more",
)


@ONE_NODE.check
def _(app: Resource) -> Iterator[Finding]:
    for path, default in ((_MIN_REPLICAS, 0.0), ("template.scale.maxReplicas", 10.0)):
        if app.number(path, default) != 1:
            yield Finding(path, f"{app.number(path, default):g}", "1")
    if not app.same("configuration.activeRevisionsMode", "Single", default="Single"):
        yield Finding("configuration.activeRevisionsMode", app.text("configuration.activeRevisionsMode"), "Single")


OWN_IDENTITY = StackRule(
    id="ACA-11",
    title="No two apps share an identity",
    severity=Severity.MEDIUM,
    about=_BOTH,
    protects="what one app may read, from another that was taken over",
    references=("MCSB IM-3", "MCSB PA-7", "learn.microsoft.com, Managed identity best practice recommendations"),
    remedy="give each app or job an identity of its own (components/app_identity.py)",
)


@OWN_IDENTITY.check
def _(stack: Stack) -> Iterator[Finding | Unread]:
    users: dict[str, list[Resource]] = {}
    for app in stack.of(*_BOTH):
        for identity in stack.linked(app, "identity", _IDENTITY):
            users.setdefault(identity.name, []).append(app)
    for identity, apps in users.items():
        if len(apps) > 1:
            shared = f"{identity}, which {len(apps)} apps use"
            yield from about(apps, lambda _, shared=shared: Finding("identity", shared, "an identity of its own"))
