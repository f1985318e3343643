"""Who comes, by which name and which way: DNS, planned load, Front Door, DDoS protection."""

from __future__ import annotations

from typing import Annotated, Literal

from settings.groups.base import Group, matching, satisfying, setting

_LABEL = r"(?!-)[a-z0-9-]{1,63}(?<!-)"
HostLabel = Annotated[str, matching(rf"{_LABEL}(\.{_LABEL})*")]
ZoneName = Annotated[str, matching(rf"(?=.{{4,253}}$){_LABEL}(\.{_LABEL})+")]
_HOST = "a name below the zone without the zone itself, such as mqtt; never the apex"


class Domain(Group):
    """The public DNS zone and the names in it."""

    zone: ZoneName = setting(
        "DNS zone the platform owns.",
        allowed="a domain name in lower case without a final dot, such as amora.example.com",
    )
    mqtt_host: HostLabel = setting("Name devices connect to, below the zone.", default="mqtt", allowed=_HOST)
    web_socket_host: HostLabel = setting("Name apps connect to, below the zone.", default="ws", allowed=_HOST)
    delegated: bool = setting(
        "The parent zone points to this zone's name servers. While false, nothing that needs validation is made.",
        default=False,
    )

    dnssec: bool = setting(
        "The zone is signed; the parent zone must then hold the signers, which are an output, beside the name servers.",
        default=False,
        source="learn.microsoft.com, Overview of DNSSEC in Azure DNS",
    )

    @property
    def mqtt_name(self) -> str:
        """The full name devices connect to."""
        return f"{self.mqtt_host}.{self.zone}"

    @property
    def web_socket_name(self) -> str:
        """The full name apps connect to."""
        return f"{self.web_socket_host}.{self.zone}"

    @property
    def crl_name(self) -> str:
        """The full name revocation lists are read from, inside the network. Devices' certificates carry it."""
        return f"crl.{self.zone}"


class QosMix(Group):
    """Share of each quality of service among the messages, in percent; together 100."""

    at_most_once: int = setting("Percent of messages at QoS 0.", default=20, ge=0, le=100)
    at_least_once: int = setting("Percent of messages at QoS 1.", default=80, ge=0, le=100)
    exactly_once: int = setting("Percent of messages at QoS 2.", default=0, ge=0, le=100)


class Capacity(Group):
    """The load to carry. Node and edge sizes are held against it; the arithmetic is in every message about it."""

    devices: int = setting("Devices connected at once.", ge=1, le=1_000_000)
    clients: int = setting("App clients connected at once.", ge=1, le=1_000_000)
    messages_per_second: int = setting(
        "Messages a second that the broker takes in and gives out, together.", ge=1, le=10_000_000
    )
    message_bytes: int = setting("Bytes of a usual message.", default=512, ge=1, le=1_048_576)
    qos: QosMix = setting("Mix of the qualities of service.", default=QosMix())
    retained_per_device: int = setting("Retained messages a device leaves.", default=10, ge=0, le=10_000)
    connection_megabytes: float = setting(
        "Memory planned for a connection, in MB.",
        default=1,
        ge=1,
        le=2,
        source="planning figure of the project: 1 to 2 MB a connection",
    )
    spare_nodes: int = setting("Broker nodes that may be lost while the rest still carries the load.", ge=0, le=9)

    @property
    def connections(self) -> int:
        """Devices and app clients together."""
        return self.devices + self.clients


class FrontDoor(Group):
    """The way of the apps' WebSockets; devices never pass it."""

    entry: Literal["frontDoor", "direct"] = setting(
        "Through Azure Front Door, or straight to the edge's HTTP ingress with its managed certificate.",
        default="direct",
    )
    sku: Literal["Standard", "Premium"] = setting(
        "Front Door's SKU; Premium adds managed firewall rules.", default="Standard"
    )
    profiles: int = setting(
        "Front Door profiles; app clients are spread over them.",
        default=0,
        computed="one for each 3,000 app clients",
        ge=1,
        le=10,
        source="learn.microsoft.com, Front Door WebSocket: 3,000 concurrent connections a profile",
    )

    certificate: Literal["requested", "bound"] = setting(
        "Of the direct way: the WebSocket host's certificate is asked for, or issued and bound to the edge. First "
        "`requested`; once it is issued, `bound`.",
        default="requested",
        source="github.com/microsoft/azure-container-apps issues 796 and 1652",
    )


class Ddos(Group):
    """Protection of public addresses beyond what Azure gives everyone."""

    protection: Literal["none", "ip", "network"] = setting(
        "None; for each public address of ours (broker options with their own); or a plan for the whole network, about "
        "2,944 USD a month.",
        default="none",
        source="azure.microsoft.com/pricing/details/ddos-protection",
    )
    plan_id: Annotated[
        str, satisfying(lambda text: text.casefold().startswith("/subscriptions/") and "ddosProtectionPlans/" in text)
    ] = setting(
        "Resource id of a DDoS plan that exists already; one plan serves a whole tenant.",
        default="",
        allowed="a resource id /subscriptions/.../providers/Microsoft.Network/ddosProtectionPlans/<name>",
        computed="none; a plan is made where protection is network",
    )
