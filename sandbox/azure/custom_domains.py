"""Host names of ours on Container Apps: the proof that they are ours, and the certificates Azure issues for them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox import wire
from sandbox.azure import errors, outputs
from sandbox.azure.errors import ArmError
from sandbox.azure.relation import Request
from sandbox.store import Store

_APP = "Microsoft.App/containerApps"
_TEXT = "Microsoft.Network/dnsZones/TXT"


def host_is_proven(request: Request) -> ArmError | None:
    """A name is put on an app when a TXT record says that it belongs to this subscription."""
    for host in _hosts(request.inputs):
        if outputs.verification_id() not in _texts(request.store, f"asuid.{host}"):
            return errors.HOST_NOT_PROVEN(host=host, id=outputs.verification_id())
    return None


def certificate_is_for_an_apps_host(request: Request) -> ArmError | None:
    """Azure issues a certificate for a name that an app of the environment carries."""
    host = str(request.inputs.get("properties", {}).get("subjectName", ""))
    environment = (request.id.parent or "").lower()
    for app in request.store.of_type(_APP):
        inputs = wire.plain(app.inputs)
        within = str(inputs.get("managedEnvironmentId") or inputs.get("environmentId") or "").lower()
        if within == environment and host in _hosts(inputs):
            return None
    return errors.HOST_NOT_ON_AN_APP(host=host, environment=environment.rsplit("/", 1)[-1])


def _hosts(app: Mapping[str, Any]) -> list[str]:
    domains = app.get("configuration", {}).get("ingress", {}).get("customDomains") or []
    return [str(each.get("name", "")) for each in domains]


def _texts(store: Store, name: str) -> set[str]:
    """What the public zones of the sandbox say in TXT records of a name."""
    return set(_said(store, name.lower()))


def _said(store: Store, name: str) -> Iterator[str]:
    for record in store.of_type(_TEXT):
        if str(record.outputs.get("fqdn", "")).lower() == f"{name}.":
            for each in wire.plain(record.inputs).get("txtRecords", []):
                yield "".join(each.get("value", []))
