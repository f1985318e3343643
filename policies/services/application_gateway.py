"""Application Gateway and its firewall: another way in for WebSockets and HTTPS."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from policies.finding import Finding, Unread
from policies.judgements import NOTHING, each, in_zones, is_text
from policies.properties import Properties
from policies.resources import Resource
from policies.rule import IN_PROD, Judged, Rule, Severity

_GATEWAY: Final = "azure-native:network:ApplicationGateway"
_FIREWALL: Final = "azure-native:network:WebApplicationFirewallPolicy"
_PROTECTS: Final = "the tokens and messages of every app client"
# learn.microsoft.com, "Application Gateway TLS policy overview": predefined policies from TLS 1.2 on, and the one that
# Azure takes where none is chosen, for API versions from 2023-02-01 on.
_TLS_POLICIES: Final = ("AppGwSslPolicy20170401S", "AppGwSslPolicy20220101", "AppGwSslPolicy20220101S")
_DEFAULT_TLS: Final = "AppGwSslPolicy20220101"

SKU = Rule(
    id="AGW-01",
    title="An application gateway is of the second generation, with a firewall",
    severity=Severity.HIGH,
    applies_to=(_GATEWAY,),
    protects="the WebSocket listeners; the first generation was switched off on 2026-04-28",
    references=("Azure.AppGw.MigrateV2", "Azure.AppGw.UseWAF", "CKV_AZURE_120"),
    remedy="set sku.name and sku.tier to WAF_v2",
    judge=is_text("sku.tier", "WAF_v2"),
)

ZONES = Rule(
    id="AGW-02",
    title="An application gateway of production is spread over zones",
    severity=Severity.HIGH,
    applies_to=(_GATEWAY,),
    protects="every connection through it",
    references=("Azure.AppGw.AvailabilityZone", "APRL c9c00f2a"),
    remedy="name at least two zones in zones; they are set at creation",
    levels=IN_PROD,
)


@ZONES.check
def _(gateway: Resource) -> Finding | None:
    return in_zones(gateway, "zones", 2, "two zones or more")


TLS = Rule(
    id="AGW-03",
    title="An application gateway speaks TLS 1.2 or newer",
    severity=Severity.HIGH,
    applies_to=(_GATEWAY,),
    protects=_PROTECTS,
    references=("Azure.AppGw.SSLPolicy", "CKV_AZURE_218", "MCSB DP-3"),
    remedy=f"set sslPolicy to Predefined with policyName {_TLS_POLICIES[1]}",
)


@TLS.check
def _(gateway: Resource) -> Finding | None:
    if gateway.same("sslPolicy.minProtocolVersion", "TLSv1_2", "TLSv1_3"):
        return None
    path = "sslPolicy.policyName"
    if gateway.has("sslPolicy.minProtocolVersion"):
        path = "sslPolicy.minProtocolVersion"
        return Finding(path, gateway.text(path), "TLSv1_2 or TLSv1_3")
    if gateway.same(path, *_TLS_POLICIES, default=_DEFAULT_TLS):
        return None
    return Finding(path, gateway.text(path), " or ".join(_TLS_POLICIES))


HTTPS_IN = Rule(
    id="AGW-04",
    title="Clients reach an application gateway by HTTPS",
    severity=Severity.HIGH,
    applies_to=(_GATEWAY,),
    protects=_PROTECTS,
    references=("Azure.AppGw.UseHTTPS", "CKV_AZURE_217"),
    remedy="set protocol of every listener to Https",
)


@HTTPS_IN.check
def _(gateway: Resource) -> Judged:
    return each(gateway.items("httpListeners"), _plain)


HTTPS_ON = Rule(
    id="AGW-05",
    title="An application gateway speaks HTTPS to what is behind it",
    severity=Severity.HIGH,
    applies_to=(_GATEWAY,),
    protects=_PROTECTS,
    references=("learn.microsoft.com, Application Gateway: end-to-end TLS", "MCSB DP-3"),
    remedy="set protocol of every item of backendHttpSettingsCollection to Https",
)


@HTTPS_ON.check
def _(gateway: Resource) -> Judged:
    return each(gateway.items("backendHttpSettingsCollection"), _plain)


def _plain(item: Properties) -> Iterator[Finding | Unread]:
    if not item.same("protocol", "Https"):
        yield Finding(item.at("protocol"), item.text("protocol") or NOTHING, "Https")


FIREWALL = Rule(
    id="AGW-06",
    title="The firewall of an application gateway is on and refuses what it finds",
    severity=Severity.HIGH,
    applies_to=(_GATEWAY, _FIREWALL),
    protects="the WebSocket listeners",
    references=("Azure.AppGwWAF.Enabled", "Azure.AppGwWAF.PreventionMode", "CKV_AZURE_120", "CKV_AZURE_122"),
    remedy="name a WebApplicationFirewallPolicy in firewallPolicy; its policySettings have state Enabled and mode"
    " Prevention",
)


@FIREWALL.check
def _(resource: Resource) -> Iterator[Finding]:
    if resource.token == _FIREWALL:
        yield from _lenient(resource.group("policySettings"), resource.same("policySettings.state", "Disabled"), "mode")
    elif not resource.given("firewallPolicy"):
        # The older way: the firewall's settings inside the gateway.
        settings = resource.group("webApplicationFirewallConfiguration")
        yield from _lenient(settings, not settings.flag("enabled", default=False), "firewallMode")


def _lenient(settings: Properties, off: bool, mode: str) -> Iterator[Finding]:  # noqa: FBT001 - what was read of it
    if off:
        yield Finding(settings.at(""), "no firewall that is on", "one that is")
    elif not settings.same(mode, "Prevention", default="Detection"):
        yield Finding(settings.at(mode), settings.text(mode, "Detection"), "Prevention")
