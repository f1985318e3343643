"""The direct way: the edge's own ingress, with a certificate that Azure issues and renews."""

from __future__ import annotations

import pulumi
from pulumi_azure_native import app

from components.entry.direct_host import certificate_name
from components.entry.interface import Entry, EntryArgs, address


class DirectEntry(Entry):
    """The edge's ingress under our name once its certificate is bound, under its own until then."""

    token = "amora:entry:DirectEntry"

    def __init__(self, name: str, args: EntryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        (host,) = args.hosts
        if args.delegated:
            self._certificate(name, args, f"{host}.{args.zone}")
        domain = args.made.custom_domain
        bound = domain is not None and domain.binding == "SniEnabled"
        self.endpoints = [address(domain.name if domain is not None and bound else args.edge_host)]
        self.register_outputs({"endpoints": self.endpoints})

    def _certificate(self, name: str, args: EntryArgs, host: str) -> None:
        app.ManagedCertificate(
            f"{name}-certificate",
            managed_certificate_name=certificate_name(host),
            environment_name=args.environment_name,
            resource_group_name=args.resource_group_name,
            location=args.cell.location,
            properties=app.ManagedCertificatePropertiesArgs(subject_name=host, domain_control_validation="CNAME"),
            tags=dict(args.cell.tags),
            # Azure issues for a name that an app carries, and lets none go that an app has bound.
            opts=self.child(
                "azure-native:app:ManagedCertificate", depends_on=args.edge_ready, deleted_with=args.environment
            ),
        )
