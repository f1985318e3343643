"""Rules of the probe: that it is whole, and that it can find and enter what it probes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from settings.model import Settings
from settings.problem import Problem
from settings.rules.registry import rule

_RUNBOOK = "docs/runbooks/set-up-the-probe.md"

FASTEST_BURN: Final = 14.4
"""Times its budget that an hour must lose for the fastest alert (sre.google/workbook/alerting-on-slos, table 5-8)."""
_FEWEST: Final = 2
_HOUR_SECONDS: Final = 3600


@rule("probe.enabled", source=_RUNBOOK)
def probe_is_whole(settings: Settings) -> Iterator[Problem]:
    """An enabled probe has its image, its device and its app."""
    probe = settings.probe
    if not probe.enabled:
        return
    needed = {
        "image": probe.image,
        "digest": probe.digest,
        "device": probe.device,
        "tokenUrl": probe.token_url,
        "clientId": probe.client_id,
        "clientSecret": probe.client_secret,
    }
    for name, value in needed.items():
        if not value:
            yield Problem(
                path=f"probe.{name}",
                found="nothing, with probe.enabled",
                allowed="a value",
                mend=f"Set probe.{name} ({_RUNBOOK}), or set probe.enabled to false.",
            )


@rule("probe.enabled", source="a name that does not resolve cannot be connected to")
def probe_finds_the_endpoints(settings: Settings) -> Problem | None:
    """An enabled probe needs the public names, and therefore the delegated zone."""
    if not settings.probe.enabled or settings.domain.delegated:
        return None
    return Problem(
        found="true while domain.delegated is false",
        allowed="false until the zone is delegated",
        mend="Delegate the zone and set domain.delegated to true first.",
    )


@rule("probe.enabled", source="EMQX lets an app in by a token of the tenant it knows")
def probe_can_enter(settings: Settings) -> Problem | None:
    """An enabled probe needs the tenant whose tokens the broker takes."""
    if not settings.probe.enabled or settings.identity.known:
        return None
    return Problem(
        found="true while the broker knows no tenant",
        allowed="false until identity names it",
        mend="Give identity the tenant and its audience first (docs/settings.md#identity).",
    )


@rule(
    "probe.enabled",
    source="ops/identity/registrations.toml: with b2c no app is registered that signs in without a user",
)
def probe_can_sign_in(settings: Settings) -> Problem | None:
    """An enabled probe needs a tenant that gives tokens to programs."""
    if not settings.probe.enabled or settings.identity.mode != "b2c":
        return None
    return Problem(
        found="true with identity.mode b2c",
        allowed="false in a tenant of Azure AD B2C, where `python -m ops identity apply` registers apps of users alone",
        mend="Set probe.enabled to false; what watches the endpoints then are the edge's and the nodes' own alerts.",
    )


@rule("probe.image", source="learn.microsoft.com, Artifact cache: Docker Hub needs credentials")
def probe_on_docker_hub_has_an_account(settings: Settings) -> Problem | None:
    """A probe's image on Docker Hub is fetched with an account."""
    if not settings.probe.image.startswith("docker.io/") or settings.registry.docker_hub is not None:
        return None
    return Problem(
        found=f"{settings.probe.image} without registry.dockerHub",
        allowed="another registry, or an account",
        mend="Set registry.dockerHub, or push the image to a registry that gives it to everybody.",
    )


@rule("probe.intervalSeconds", source="sre.google/workbook/alerting-on-slos: low-traffic services")
def one_lost_message_calls_nobody(settings: Settings) -> Problem | None:
    """An enabled probe sends so many messages that losing one of an hour's is no reason to call somebody."""
    share = settings.alerts.thresholds.undelivered_percent / 100
    longest = _HOUR_SECONDS * FASTEST_BURN * share / _FEWEST
    if not settings.probe.enabled or settings.probe.interval_seconds <= longest:
        return None
    return Problem(
        found=f"{settings.probe.interval_seconds} with {settings.alerts.thresholds.undelivered_percent:g} % to lose, "
        "where one lost message calls somebody",
        allowed=f"at most {longest:.4g}",
        mend="Set probe.intervalSeconds lower, or alerts.thresholds.undeliveredPercent higher.",
    )
