"""The name of the direct way on the edge's ingress, and the proof that it is ours."""

from __future__ import annotations

import pulumi

from components.dns_records import DnsRecord, dns_record
from components.edge.edge import CustomDomain
from components.entry.interface import EntryHosts, EntryHostsArgs, edge_host


class DirectHost(EntryHosts):
    """While the zone is not delegated the edge answers under its own name alone.

    The records come before the edge: Container Apps looks for both when the name is put on the ingress.
    """

    token = "amora:entry:DirectHost"

    def __init__(self, name: str, args: EntryHostsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        (host,) = args.hosts
        self.edge_host = edge_host(args.cell, args.environment_domain)
        if args.delegated:
            self.custom_domain = _custom_domain(args, f"{host}.{args.zone}")
            self.ready = tuple(
                dns_record(self, record, resource_group_name=args.resource_group_name, zone_name=args.zone_name)
                for record in (
                    DnsRecord(name=f"asuid.{host}", type="TXT", values=(args.verification_id,)),
                    # Straight to the app: a certificate is refused behind any other name
                    # (learn.microsoft.com, Custom domain names and free managed certificates).
                    DnsRecord(name=host, type="CNAME", values=(self.edge_host,)),
                )
            )
        self.register_outputs({"edgeHost": self.edge_host})


def _custom_domain(args: EntryHostsArgs, host: str) -> CustomDomain:
    if args.certificate == "requested":
        return CustomDomain(name=host, binding="Disabled")
    # By its address, not by the resource: that one waits for the edge with this name on it.
    certificate = pulumi.Output.concat(args.environment_id, "/managedCertificates/", certificate_name(host))
    return CustomDomain(name=host, binding="SniEnabled", certificate_id=certificate)


def certificate_name(host: str) -> str:
    """Name of a host's certificate in the edge's environment."""
    return host.replace(".", "-")
