"""What has to be in the tenant, as steps that look before they change: each is found, compared, made or mended."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ops.errors import ExitCode, OpsError
from ops.identity import policy_set
from ops.identity.findings import UNKNOWN, Difference, Finding, Known, Outcome, differences
from ops.identity.graph import Graph
from ops.identity.registrations import (
    Registration,
    body,
    lifetimes,
    microsoft_graph,
    permission,
    registrations,
    switched_off,
)
from ops.identity.user_flow import user_flow

_GRAPH: Final = "Microsoft Graph's own service principal"
_LIFETIME_NAME: Final = "Amora Sync token lifetimes"


@dataclass(frozen=True, kw_only=True, slots=True)
class Tenant:
    """What a stack says of its tenant: mode, name, sign-in policy, zone and environment."""

    mode: str
    name: str
    policy: str
    zone: str
    environment: str


def steps(graph: Graph, tenant: Tenant, known: Known) -> Iterator[Finding]:
    """Every step in its order; a step is looked at after the one before it was carried out, or was not.

    A plan asks for the next without carrying out, and meets ids that are not known yet.
    """
    wanted = registrations(tenant.mode, tenant=tenant.name, zone=tenant.zone, environment=tenant.environment)
    found = {tag: each for each in graph.items("/v1.0/applications", **{"$top": "100"}) for tag in each.get("tags", [])}
    apis = {each.key: each for each in wanted if each.address}
    known.principals[_GRAPH] = _principal_of_graph(graph)
    for each in wanted:
        yield _application(graph, each, found.get(each.tag), known, apis)
        yield _principal(graph, each, known)
        if each.signs_in:
            yield _grant(graph, each, (_GRAPH, "Microsoft Graph"), each.signs_in, known)
        if each.asks == "scope":
            api = apis[each.asks_of]
            yield _grant(graph, each, (api.key, api.name), (permission(api, "scope").value,), known)
        if each.asks == "role":
            yield _assignment(graph, each, apis[each.asks_of], known)
    if tenant.mode == "b2c":
        for key, use in ((policy_set.SIGNING_KEY, "sig"), (policy_set.ENCRYPTION_KEY, "enc")):
            yield _key_set(graph, key, use)
        for name, text in policies(tenant, known).items():
            yield _policy(graph, name, text)
    if tenant.mode == "externalId":
        yield _lifetime(graph, known)
        yield user_flow(graph, wanted, known)


def policies(tenant: Tenant, known: Known) -> dict[str, str]:
    """Azure AD B2C's policies by id, in the order of upload; what is not known yet says so in its place."""
    clients = {key: known.clients.get(key, UNKNOWN) for key in ("framework", "proxy")}
    return policy_set.policy_set(tenant=tenant.name, sign_in=tenant.policy, clients=clients, lifetimes=lifetimes())


def _application(
    graph: Graph, wanted: Registration, found: Mapping[str, Any] | None, known: Known, apis: Mapping[str, Registration]
) -> Finding:
    asked = {key: (known.clients.get(key, UNKNOWN), api) for key, api in apis.items()}
    complete = body(wanted, asked)
    step = f"application {wanted.name}"
    if found is None:

        def create() -> None:
            made = graph.upsert("/v1.0/applications", wanted.unique_name, complete)
            known.clients[wanted.key], known.objects[wanted.key] = made["appId"], made["id"]

        made = tuple(differences(complete, {}))
        return Finding(step=step, outcome=Outcome.CREATE, differences=made, carry_out=create)
    known.clients[wanted.key], known.objects[wanted.key] = found["appId"], found["id"]
    apart = tuple(differences(complete, found))
    if not apart:
        return Finding(step=step, outcome=Outcome.SAME)
    changed = {name: complete[name] for name in {each.path.partition(".")[0].partition("[")[0] for each in apart}}
    address = f"/v1.0/applications/{found['id']}"

    def update() -> None:
        first = switched_off(complete, found)
        if first:
            graph.patch(address, first)
        graph.patch(address, changed, settling=bool(first))

    return Finding(step=step, outcome=Outcome.UPDATE, differences=apart, carry_out=update)


def _principal(graph: Graph, wanted: Registration, known: Known) -> Finding:
    step = f"service principal {wanted.name}"
    client = known.clients.get(wanted.key)
    query = {"$filter": f"appId eq '{client}'"}
    found = next(graph.items("/v1.0/servicePrincipals", **query), None) if client else None
    if found is not None:
        known.principals[wanted.key] = found["id"]
        return Finding(step=step, outcome=Outcome.SAME)

    def create() -> None:
        made = graph.post("/v1.0/servicePrincipals", {"appId": known.clients[wanted.key], "tags": ["amora-sync"]})
        known.principals[wanted.key] = made["id"]

    return Finding(step=step, outcome=Outcome.CREATE, carry_out=create)


def _principal_of_graph(graph: Graph) -> str:
    query = {"$filter": f"appId eq '{microsoft_graph()}'"}
    found = next(graph.items("/v1.0/servicePrincipals", **query), None)
    if found is None:
        raise OpsError(
            ExitCode.UNREADABLE,
            "the tenant has no service principal of Microsoft Graph, so nobody can consent to signing in",
            f"Make it: `az ad sp create --id {microsoft_graph()}`, logged in to that tenant.",
        )
    return found["id"]


def _grant(
    graph: Graph, wanted: Registration, resource: tuple[str, str], scopes: tuple[str, ...], known: Known
) -> Finding:
    """Consent for all users: those of such a tenant cannot give it themselves. resource: its key and name."""
    key, name = resource
    value = " ".join(scopes)
    step = f"consent of {wanted.name} to {name}: {value}"
    client, at = known.principals.get(wanted.key), known.principals.get(key)
    found = None
    if client and at:
        grants = graph.items("/v1.0/oauth2PermissionGrants", **{"$filter": f"clientId eq '{client}'"})
        # A user's own consent is a grant too, and is nobody else's.
        found = next((g for g in grants if g["resourceId"] == at and g["consentType"] == "AllPrincipals"), None)
    if found is None:

        def create() -> None:
            ids = {"clientId": known.principals[wanted.key], "resourceId": known.principals[key]}
            graph.post("/v1.0/oauth2PermissionGrants", {**ids, "consentType": "AllPrincipals", "scope": value})

        return Finding(step=step, outcome=Outcome.CREATE, carry_out=create)
    held = found["scope"].split()
    if set(scopes) <= set(held):
        return Finding(step=step, outcome=Outcome.SAME)
    scope = " ".join([*held, *(each for each in scopes if each not in held)])
    return Finding(
        step=step,
        outcome=Outcome.UPDATE,
        differences=(Difference("scope", found["scope"], scope),),
        carry_out=lambda: graph.patch(f"/v1.0/oauth2PermissionGrants/{found['id']}", {"scope": scope}),
    )


def _assignment(graph: Graph, wanted: Registration, api: Registration, known: Known) -> Finding:
    role = permission(api, "role")
    step = f"role of {wanted.name} at {api.name}: {role.value}"
    client, resource = known.principals.get(wanted.key), known.principals.get(api.key)
    if client and resource:
        held = graph.items(f"/v1.0/servicePrincipals/{client}/appRoleAssignments")
        if any(each["resourceId"] == resource and each["appRoleId"] == role.id for each in held):
            return Finding(step=step, outcome=Outcome.SAME)

    def create() -> None:
        principal, at = known.principals[wanted.key], known.principals[api.key]
        graph.post(
            f"/v1.0/servicePrincipals/{principal}/appRoleAssignments",
            {"principalId": principal, "resourceId": at, "appRoleId": role.id},
        )

    return Finding(step=step, outcome=Outcome.CREATE, carry_out=create)


def _key_set(graph: Graph, name: str, use: str) -> Finding:
    step = f"key {name}"
    found = graph.get(f"/beta/trustFramework/keySets/{name}")
    if found is not None and found.get("keys"):
        return Finding(step=step, outcome=Outcome.SAME)

    def create() -> None:
        if found is None:
            # Graph puts B2C_1A_ before the id by itself.
            graph.post("/beta/trustFramework/keySets", {"id": name.removeprefix("B2C_1A_")})
        graph.post(f"/beta/trustFramework/keySets/{name}/generateKey", {"use": use, "kty": "RSA"})

    return Finding(step=step, outcome=Outcome.CREATE, carry_out=create)


def _policy(graph: Graph, name: str, text: str) -> Finding:
    step = f"policy {name}"
    address = f"/beta/trustFramework/policies/{name}/$value"
    found = graph.text(address)
    if found is not None and policy_set.same(text, found):
        return Finding(step=step, outcome=Outcome.SAME)

    def write() -> None:
        graph.put_xml(address, text)

    if found is None:
        return Finding(step=step, outcome=Outcome.CREATE, carry_out=write)
    return Finding(
        step=step,
        outcome=Outcome.UPDATE,
        lines=policy_set.changes(found, text),
        carry_out=write,
    )


def _lifetime(graph: Graph, known: Known) -> Finding:
    """How long the broker's tokens last. Graph takes the definition as a text of JSON."""
    seconds = lifetimes().access_seconds
    text = f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}:{seconds % 60:02d}"
    definition = json.dumps({"TokenLifetimePolicy": {"Version": 1, "AccessTokenLifetime": text}})
    step = f"token lifetime {text}"
    policies = graph.items("/v1.0/policies/tokenLifetimePolicies")
    found = next((each for each in policies if each["displayName"] == _LIFETIME_NAME), None)
    broker = known.objects.get("broker")
    held = [] if broker is None else list(graph.items(f"/v1.0/applications/{broker}/tokenLifetimePolicies"))
    right = found is not None and [json.loads(each) for each in found["definition"]] == [json.loads(definition)]
    if found is not None and right and any(each["id"] == found["id"] for each in held):
        return Finding(step=step, outcome=Outcome.SAME)

    def write() -> None:
        wanted = {"displayName": _LIFETIME_NAME, "definition": [definition], "isOrganizationDefault": False}
        policy = found or graph.post("/v1.0/policies/tokenLifetimePolicies", wanted)
        if found is not None and not right:
            graph.patch(f"/v1.0/policies/tokenLifetimePolicies/{found['id']}", wanted)
        if not any(each["id"] == policy["id"] for each in held):
            address = f"https://graph.microsoft.com/v1.0/policies/tokenLifetimePolicies/{policy['id']}"
            reference = {"@odata.id": address}
            graph.post(f"/v1.0/applications/{known.objects['broker']}/tokenLifetimePolicies/$ref", reference)

    if found is None:
        return Finding(step=step, outcome=Outcome.CREATE, carry_out=write)
    apart = (Difference("definition", found["definition"], [definition]),) if not right else ()
    return Finding(step=step, outcome=Outcome.UPDATE, differences=apart, carry_out=write)
