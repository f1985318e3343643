"""The container registry of a cell: every image comes through its cache, none straight from a public registry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

import pulumi
from pulumi_azure_native import containerregistry

from components.app_identity import Right
from components.cell import Cell
from components.component import AmoraComponent
from components.diagnostics import diagnostics
from components.lock import delete_lock
from components.private_endpoint import private_endpoint
from components.role_assignment import role_assignment

CACHED: Final[Mapping[str, str]] = {
    "docker/library/haproxy": "public.ecr.aws/docker/library/haproxy",
    "docker/library/nginx": "public.ecr.aws/docker/library/nginx",
    "docker/library/postgres": "public.ecr.aws/docker/library/postgres",
    "emqx/emqx": "public.ecr.aws/emqx/emqx",
    "emqx/emqx-enterprise": "public.ecr.aws/emqx/emqx-enterprise",
    "prometheus/prometheus": "quay.io/prometheus/prometheus",
}
"""Repository here -> where it comes from. ECR Public and Quay give images to everybody; Docker Hub to accounts only."""

# Images run by digest, and a pull by digest caches a manifest without a tag (github.com/Azure/acr issues 862, 885): the
# retention of untagged manifests would delete what runs. So it keeps the most Azure allows, 365 days.
UNTAGGED_DAYS: Final = 365

_DOCKER_HUB: Final = "docker.io"
ON_DOCKER_HUB: Final[Mapping[str, str]] = {
    "docker/library/haproxy": "docker.io/library/haproxy",
    "docker/library/nginx": "docker.io/library/nginx",
    "docker/library/postgres": "docker.io/library/postgres",
    "emqx/emqx": "docker.io/emqx/emqx",
    "emqx/emqx-enterprise": "docker.io/emqx/emqx-enterprise",
    "prometheus/prometheus": "docker.io/prom/prometheus",
}
"""Where the same images are on Docker Hub, for a stack with an account there."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DockerHub:
    """An account on Docker Hub and what is fetched with it.

    user_secret, token_secret: names of the vault's secrets with its name and access token; whoever has the account puts
    them there. repositories: keys of :data:`ON_DOCKER_HUB` that come from there. vault_id, vault_uri, vault_scope_name:
    the vault, for the right to read these two.
    """

    user_secret: str
    token_secret: str
    repositories: tuple[str, ...]
    vault_id: pulumi.Input[str]
    vault_uri: pulumi.Input[str]
    vault_scope_name: str

    def address(self, secret: str) -> pulumi.Output[str]:
        """Of a secret without its version: a renewed token is taken over by itself."""
        return pulumi.Output.concat(self.vault_uri, "secrets/", secret)


@dataclass(frozen=True, kw_only=True, slots=True)
class RegistryArgs:
    """What a registry needs.

    private: reachable by its private endpoint only; Premium. endpoint_subnet_id, private_zone_id: where that endpoint
    stands and answers. docker_hub: an account for images that nobody else gives, None for none. besides: further images
    by repository here and where they come from.
    """

    cell: Cell
    resource_group_name: pulumi.Input[str]
    workspace_id: pulumi.Input[str]
    sku: Literal["Basic", "Standard", "Premium"]
    private: bool
    endpoint_subnet_id: pulumi.Input[str]
    private_zone_id: pulumi.Input[str]
    docker_hub: DockerHub | None = None
    besides: Mapping[str, str] = field(default_factory=dict)


class Registry(AmoraComponent):
    """A registry without passwords: who pulls has an identity with the role AcrPull on it.

    server: its host name, known before a deployment. scope_name: type and name, for role assignments. ready: what an
    app that pulls depends on.
    """

    token = "amora:data:Registry"
    server: str
    scope_name: str
    registry_id: pulumi.Output[str]
    ready: list[pulumi.Resource]

    def __init__(self, name: str, args: RegistryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        registry_name = args.cell.names.of("Microsoft.ContainerRegistry/registries")
        self.server = f"{registry_name}.azurecr.io"
        self.scope_name = f"Microsoft.ContainerRegistry/registries/{registry_name}"
        registry = self._registry(name, registry_name, args)
        diagnostics(self, f"{name}-registry", registry.id, args.workspace_id)
        self.ready = []
        login = self._docker_hub(name, args, registry, args.docker_hub) if args.docker_hub is not None else None
        for repository, source in sources(args).items():
            with_login = login if source.startswith(f"{_DOCKER_HUB}/") else None
            self.ready.append(self._cache_rule(args, registry, repository, source, with_login))
        if args.private:
            self.ready.append(self._endpoint(name, args, registry))
        if args.cell.locks:
            delete_lock(self, f"{name}-registry", registry.id, "Images of the platform: no app starts without them.")
        self.registry_id = registry.id
        self.register_outputs({"server": self.server, "registryId": self.registry_id})

    def right_to_pull(self) -> Right:
        """What an app's identity needs to start from an image of this registry."""
        return Right(name="images", role="AcrPull", scope=self.registry_id, scope_name=self.scope_name)

    def _registry(self, name: str, registry_name: str, args: RegistryArgs) -> containerregistry.Registry:
        premium = args.sku == "Premium"
        return containerregistry.Registry(
            f"{name}-registry",
            registry_name=registry_name,
            resource_group_name=args.resource_group_name,
            location=args.cell.location,
            sku=containerregistry.SkuArgs(name=args.sku),
            admin_user_enabled=False,
            anonymous_pull_enabled=False,
            public_network_access="Disabled" if args.private else "Enabled",
            network_rule_bypass_options="None" if premium else None,
            network_rule_set=containerregistry.NetworkRuleSetArgs(default_action="Deny") if args.private else None,
            zone_redundancy="Enabled" if premium and args.cell.zones else "Disabled",
            policies=_policies(args) if premium else None,
            tags=dict(args.cell.tags),
            opts=self.child("azure-native:containerregistry:Registry", protect=args.cell.protect),
        )

    def _cache_rule(
        self,
        args: RegistryArgs,
        registry: containerregistry.Registry,
        repository: str,
        source: str,
        credentials: pulumi.Input[str] | None = None,
    ) -> containerregistry.CacheRule:
        rule = repository.replace("/", "-").replace(".", "-")
        return containerregistry.CacheRule(
            f"{rule}-cache",
            cache_rule_name=rule,
            registry_name=registry.name,
            resource_group_name=args.resource_group_name,
            source_repository=source,
            target_repository=repository,
            credential_set_resource_id=credentials,
            opts=self.child("azure-native:containerregistry:CacheRule"),
        )

    def _docker_hub(
        self, name: str, args: RegistryArgs, registry: containerregistry.Registry, account: DockerHub
    ) -> pulumi.Output[str]:
        """Id of the credential set, whose identity reads its two secrets and nothing else of the vault."""
        credentials = containerregistry.CredentialSet(
            f"{name}-docker-hub",
            credential_set_name="docker-hub",
            registry_name=registry.name,
            resource_group_name=args.resource_group_name,
            login_server=_DOCKER_HUB,
            auth_credentials=[
                containerregistry.AuthCredentialArgs(
                    name="Credential1",
                    username_secret_identifier=account.address(account.user_secret),
                    password_secret_identifier=account.address(account.token_secret),
                )
            ],
            identity=containerregistry.IdentityPropertiesArgs(
                type=containerregistry.ResourceIdentityType.SYSTEM_ASSIGNED
            ),
            opts=self.child("azure-native:containerregistry:CredentialSet"),
        )
        for secret in (account.user_secret, account.token_secret):
            right = role_assignment(
                self,
                f"{name}-docker-hub-{secret}",
                scope=pulumi.Output.concat(account.vault_id, f"/secrets/{secret}"),
                scope_name=f"{account.vault_scope_name}/secrets/{secret}",
                identity_name=f"{self.scope_name}/credentialSets/docker-hub",
                principal_id=credentials.identity.apply(lambda own: own.principal_id or "" if own else ""),
                role="Key Vault Secrets User",
            )
            self.ready.append(right)
        return credentials.id

    def _endpoint(self, name: str, args: RegistryArgs, registry: containerregistry.Registry) -> pulumi.Resource:
        return private_endpoint(
            self,
            f"{name}-registry",
            cell=args.cell,
            resource_group_name=args.resource_group_name,
            resource_id=registry.id,
            group="registry",
            subnet_id=args.endpoint_subnet_id,
            private_zone_id=args.private_zone_id,
        )


def sources(args: RegistryArgs) -> dict[str, str]:
    """Every repository here, and where it comes from.

    Raises:
        KeyError: an image is to come from Docker Hub of which it is not known where it is there.
    """
    moved = args.docker_hub.repositories if args.docker_hub is not None else ()
    return {**CACHED, **{each: ON_DOCKER_HUB[each] for each in moved}, **args.besides}


def _policies(args: RegistryArgs) -> containerregistry.PoliciesArgs:
    """Policies of a Premium registry: Azure takes them from no other."""
    return containerregistry.PoliciesArgs(
        # Azure forbids an export only where there is no public way in.
        export_policy=containerregistry.ExportPolicyArgs(status="disabled" if args.private else "enabled"),
        quarantine_policy=containerregistry.QuarantinePolicyArgs(status="disabled"),
        retention_policy=containerregistry.RetentionPolicyArgs(status="enabled", days=UNTAGGED_DAYS),
    )
