"""The web application firewall before the WebSocket: what an upgrade is not, and who asks too often."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import pulumi
from pulumi_azure_native import frontdoor

from components.cell import Cell

if TYPE_CHECKING:
    from components.component import AmoraComponent

REQUESTS_A_MINUTE: Final = 1200
"""Upgrades of one client address. Offices and carriers put many clients behind one; the edge allows the same rate, 200
in ten seconds, but does not see what was refused here."""

# Microsoft's sets, which Premium alone takes: (type, version, action of the whole set).
_MANAGED: Final = (
    ("Microsoft_DefaultRuleSet", "2.1", "Block"),
    ("Microsoft_BotManagerRuleSet", "1.1", None),
)


def firewall(
    owner: AmoraComponent,
    name: str,
    *,
    cell: Cell,
    resource_group_name: pulumi.Input[str],
    sku: Literal["Standard", "Premium"],
) -> frontdoor.Policy:
    """The firewall policy of every Front Door of the cell.

    Args:
        owner: the component the Front Doors belong to.
        name: logical name.
        cell: the region cell.
        resource_group_name: the cell's group.
        sku: of the Front Doors. It is part of both names: a policy keeps its SKU and, while a Front Door uses it, its
            place, so another SKU is another policy beside it.
    """
    role = sku.lower()
    return frontdoor.Policy(
        f"{name}-{role}-firewall",
        policy_name=cell.names.of("Microsoft.Network/FrontDoorWebApplicationFirewallPolicies", role),
        resource_group_name=resource_group_name,
        location="global",
        sku=frontdoor.SkuArgs(name=f"{sku}_AzureFrontDoor"),
        policy_settings=frontdoor.PolicySettingsArgs(
            enabled_state="Enabled", mode="Prevention", request_body_check="Enabled"
        ),
        custom_rules=frontdoor.CustomRuleListArgs(rules=[_only_upgrades(), _not_too_often()]),
        managed_rules=_managed_rules() if sku == "Premium" else None,
        tags=dict(cell.tags),
        opts=owner.child("azure-native:frontdoor:Policy"),
    )


def _only_upgrades() -> frontdoor.CustomRuleArgs:
    """A WebSocket begins with GET (RFC 6455 §4.1); the route lets no other path through."""
    return frontdoor.CustomRuleArgs(
        name="OnlyUpgrades",
        priority=10,
        rule_type="MatchRule",
        action="Block",
        enabled_state="Enabled",
        match_conditions=[
            frontdoor.MatchConditionArgs(
                match_variable="RequestMethod", operator="Equal", negate_condition=True, match_value=["GET"]
            )
        ],
    )


def _not_too_often() -> frontdoor.CustomRuleArgs:
    return frontdoor.CustomRuleArgs(
        name="NotTooOften",
        priority=20,
        rule_type="RateLimitRule",
        action="Block",
        enabled_state="Enabled",
        rate_limit_duration_in_minutes=1,
        rate_limit_threshold=REQUESTS_A_MINUTE,
        # The socket's address: the other one is what the client says.
        group_by=[frontdoor.GroupByVariableArgs(variable_name="SocketAddr")],
        match_conditions=[
            frontdoor.MatchConditionArgs(
                match_variable="SocketAddr",
                operator="IPMatch",
                negate_condition=False,
                match_value=["0.0.0.0/0", "::/0"],
            )
        ],
    )


def _managed_rules() -> frontdoor.ManagedRuleSetListArgs:
    return frontdoor.ManagedRuleSetListArgs(
        managed_rule_sets=[
            frontdoor.ManagedRuleSetArgs(rule_set_type=kind, rule_set_version=version, rule_set_action=action)
            for kind, version, action in _MANAGED
        ]
    )
