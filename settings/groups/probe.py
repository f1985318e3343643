"""The synthetic probe: a device and an app of the platform's own that use it all the time."""

from __future__ import annotations

from typing import Annotated

from settings.groups.base import Group, matching, setting
from settings.groups.broker import Digest
from settings.groups.trust import Guid, HttpsAddress
from settings.secret import Secret

Repository = Annotated[str, matching(r"[a-z0-9.-]+\.[a-z]{2,}(/[a-z0-9]+([._-][a-z0-9]+)*)+")]
DeviceId = Annotated[str, matching(r"[a-z0-9][a-z0-9-]{1,30}[a-z0-9]")]
Scope = Annotated[str, matching(r"[\x21-\x7e]{1,200}")]


class Probe(Group):
    """What the probe is, and who it is."""

    enabled: bool = setting(
        "A probe publishes and receives through the public endpoints; it needs everything in this group.", default=False
    )
    image: Repository = setting(
        "Repository of the probe's image, where everybody may pull; our registry caches it.",
        default="",
        allowed="a registry and a path without tag or digest, such as ghcr.io/amora-sync/probe",
        source="learn.microsoft.com, Artifact cache: supported upstreams",
    )
    digest: Digest = setting(
        "Digest of the image.", default="", allowed="sha256: and 64 hexadecimal digits in lower case"
    )
    device_id: DeviceId = setting(
        "Id of the probe's device, enrolled like any other.",
        default="probe-0001",
        allowed="3 to 32 lower-case letters, digits and hyphens, no hyphen at an end",
    )
    device: Secret | None = setting("The device's certificate chain and key, as PEM.", default=None)
    token_url: HttpsAddress = setting(
        "Where the tenant gives tokens for client credentials.",
        default="",
        allowed="an address that begins with https://",
    )
    client_id: Guid = setting("Client id of the probe's app registration.", default="", allowed="a GUID in lower case")
    client_secret: Secret | None = setting("Its secret.", default=None)
    scope: Scope = setting(
        "What the token is asked for.",
        default="",
        allowed="1 to 200 characters without spaces",
        computed="`<identity.audience>/.default`",
    )
    interval_seconds: int = setting(
        "Seconds between two messages each way; one that takes as long is lost.", default=5, ge=1, le=60
    )
