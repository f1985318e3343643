"""Azure Front Door in front of the edge's WebSocket."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_azure_native import cdn, frontdoor

from components.dns_records import DnsRecord, dns_record
from components.entry.firewall import firewall
from components.entry.interface import HEALTH_PATH, PATH, Entry, EntryArgs, address

_EDGE: Final = "edge"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Shard:
    """One Front Door: number, from 1; name of its profile; host: its name below the zone."""

    number: int
    profile_name: pulumi.Output[str]
    host: str


class FrontDoor(Entry):
    """One endpoint a profile, each with a host of its own. Front Door checks the edge's health and its certificate."""

    token = "amora:entry:FrontDoor"

    def __init__(self, name: str, args: EntryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        policy = firewall(self, name, cell=args.cell, resource_group_name=args.resource_group_name, sku=args.sku)
        shards = [
            _Shard(number=number, profile_name=profile, host=host)
            for number, (profile, host) in enumerate(zip(args.made.profile_names, args.hosts, strict=True), start=1)
        ]
        self.endpoints = [self._shard(f"{name}-{each.number}", args, each, policy) for each in shards]
        self.register_outputs({"endpoints": self.endpoints})

    def _shard(self, name: str, args: EntryArgs, shard: _Shard, policy: frontdoor.Policy) -> pulumi.Output[str]:
        endpoint = self._endpoint(name, args, shard)
        group, origin = self._origin(name, args, shard)
        domain = self._domain(name, args, shard) if args.delegated else None
        route = self._route(name, args, shard, endpoint, group, origin, domain)
        self._guard(name, args, shard, policy, [endpoint.id, *([domain.id] if domain else [])])
        if domain is None:
            return address(endpoint.host_name)
        self._publish(args, shard, endpoint, domain, route)
        return address(f"{shard.host}.{args.zone}")

    def _endpoint(self, name: str, args: EntryArgs, shard: _Shard) -> cdn.AFDEndpoint:
        return cdn.AFDEndpoint(
            f"{name}-endpoint",
            endpoint_name=args.cell.names.of("Microsoft.Cdn/profiles/afdEndpoints", f"ws-{shard.number}"),
            profile_name=shard.profile_name,
            resource_group_name=args.resource_group_name,
            location="global",
            enabled_state="Enabled",
            # The same host name when it is made anew, and nobody else's when it is gone.
            auto_generated_domain_name_label_scope="TenantReuse",
            tags=dict(args.cell.tags),
            opts=self.child("azure-native:cdn:AFDEndpoint"),
        )

    def _origin(self, name: str, args: EntryArgs, shard: _Shard) -> tuple[cdn.AFDOriginGroup, cdn.AFDOrigin]:
        group = cdn.AFDOriginGroup(
            f"{name}-origins",
            origin_group_name=_EDGE,
            profile_name=shard.profile_name,
            resource_group_name=args.resource_group_name,
            session_affinity_state="Disabled",
            health_probe_settings=cdn.HealthProbeParametersArgs(
                probe_path=HEALTH_PATH,
                probe_protocol=cdn.ProbeProtocol.HTTPS,
                probe_request_type=cdn.HealthProbeRequestType.GET,
                probe_interval_in_seconds=30,
            ),
            load_balancing_settings=cdn.LoadBalancingSettingsParametersArgs(
                sample_size=4, successful_samples_required=3, additional_latency_in_milliseconds=50
            ),
            opts=self.child("azure-native:cdn:AFDOriginGroup"),
        )
        origin = cdn.AFDOrigin(
            f"{name}-origin",
            origin_name=_EDGE,
            origin_group_name=group.name,
            profile_name=shard.profile_name,
            resource_group_name=args.resource_group_name,
            # Both the edge's own name: Container Apps finds the app by it.
            host_name=args.edge_host,
            origin_host_header=args.edge_host,
            https_port=443,
            http_port=80,
            priority=1,
            weight=1000,
            enabled_state="Enabled",
            enforce_certificate_name_check=True,
            opts=self.child("azure-native:cdn:AFDOrigin", depends_on=args.edge_ready),
        )
        return group, origin

    def _domain(self, name: str, args: EntryArgs, shard: _Shard) -> cdn.AFDCustomDomain:
        host = f"{shard.host}.{args.zone}"
        return cdn.AFDCustomDomain(
            f"{name}-domain",
            custom_domain_name=host.replace(".", "-"),
            profile_name=shard.profile_name,
            resource_group_name=args.resource_group_name,
            host_name=host,
            azure_dns_zone=cdn.ResourceReferenceArgs(id=args.zone_id),
            tls_settings=cdn.AFDDomainHttpsParametersArgs(
                certificate_type="ManagedCertificate", minimum_tls_version=cdn.AfdMinimumTlsVersion.TLS12
            ),
            opts=self.child("azure-native:cdn:AFDCustomDomain"),
        )

    def _route(
        self,
        name: str,
        args: EntryArgs,
        shard: _Shard,
        endpoint: cdn.AFDEndpoint,
        group: cdn.AFDOriginGroup,
        origin: cdn.AFDOrigin,
        domain: cdn.AFDCustomDomain | None,
    ) -> cdn.Route:
        return cdn.Route(
            f"{name}-route",
            route_name="web-socket",
            endpoint_name=endpoint.name,
            profile_name=shard.profile_name,
            resource_group_name=args.resource_group_name,
            origin_group=cdn.ResourceReferenceArgs(id=group.id),
            custom_domains=[cdn.ActivatedResourceReferenceArgs(id=domain.id)] if domain else [],
            link_to_default_domain="Disabled" if domain else "Enabled",
            patterns_to_match=[PATH],
            supported_protocols=["Https"],
            https_redirect="Disabled",
            forwarding_protocol="HttpsOnly",
            enabled_state="Enabled",
            # Azure takes no route to a group without an origin.
            opts=self.child("azure-native:cdn:Route", depends_on=[origin]),
        )

    def _guard(
        self,
        name: str,
        args: EntryArgs,
        shard: _Shard,
        policy: frontdoor.Policy,
        domains: list[pulumi.Output[str]],
    ) -> None:
        cdn.SecurityPolicy(
            f"{name}-security",
            security_policy_name="firewall",
            profile_name=shard.profile_name,
            resource_group_name=args.resource_group_name,
            parameters=cdn.SecurityPolicyWebApplicationFirewallParametersArgs(
                type="WebApplicationFirewall",
                waf_policy=cdn.ResourceReferenceArgs(id=policy.id),
                associations=[
                    cdn.SecurityPolicyWebApplicationFirewallAssociationArgs(
                        domains=[cdn.ActivatedResourceReferenceArgs(id=each) for each in domains],
                        patterns_to_match=["/*"],
                    )
                ],
            ),
            opts=self.child("azure-native:cdn:SecurityPolicy"),
        )

    def _publish(
        self,
        args: EntryArgs,
        shard: _Shard,
        endpoint: cdn.AFDEndpoint,
        domain: cdn.AFDCustomDomain,
        route: cdn.Route,
    ) -> None:
        """The name, and the proof that it is ours. Behind the route, so that the name goes before what it points to."""
        token = domain.validation_properties.apply(lambda found: found.validation_token)
        for record in (
            DnsRecord(name=f"_dnsauth.{shard.host}", type="TXT", values=(token,)),
            DnsRecord(name=shard.host, type="CNAME", values=(endpoint.host_name,)),
        ):
            dns_record(
                self,
                record,
                resource_group_name=args.resource_group_name,
                zone_name=args.zone_name,
                depends_on=[route],
            )
