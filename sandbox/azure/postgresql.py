"""What Azure checks between a PostgreSQL flexible server, its network and its parts."""

from __future__ import annotations

from typing import Any, Final

from sandbox import wire
from sandbox.azure import errors, ids
from sandbox.azure.errors import ArmError
from sandbox.azure.relation import Request
from sandbox.azure.server_parameters import PARAMETERS, POOL_SWITCH
from sandbox.protocol.package import Values
from sandbox.store import Store

_ZONE_SUFFIX: Final = ".postgres.database.azure.com"
_LINK: Final = "Microsoft.Network/privateDnsZones/virtualNetworkLinks"


def zone_answers_in_the_network(request: Request) -> ArmError | None:
    """A server in a network has a private zone of PostgreSQL's names that is linked to that network."""
    network = request.inputs.get("network", {})
    subnet_id, zone_id = (
        str(network.get(key, "")) for key in ("delegatedSubnetResourceId", "privateDnsZoneArmResourceId")
    )
    if not subnet_id:
        return None
    zone = ids.parse(zone_id)
    if zone is None:
        return errors.NO_PRIVATE_ZONE()
    if not zone.name.lower().endswith(_ZONE_SUFFIX):
        return errors.WRONG_PRIVATE_ZONE(zone=zone.name, suffix=_ZONE_SUFFIX)
    network_id = subnet_id.rpartition("/subnets/")[0].lower()
    linked = {
        str(wire.plain(link.inputs).get("virtualNetwork", {}).get("id", "")).lower()
        for link in request.store.below(zone_id)
        if link.type == _LINK
    }
    return None if network_id in linked else errors.ZONE_NOT_LINKED(zone=zone.name, network=network_id)


def storage_never_shrinks(request: Request) -> ArmError | None:
    """Storage of a server grows only."""
    before, wanted = _storage(_current(request)), _storage(request.inputs)
    if before is None or wanted is None or wanted >= before:
        return None
    return errors.STORAGE_SHRINKS(before=before, wanted=wanted)


def primary_moves_by_failover_only(request: Request) -> ArmError | None:
    """The zone of a primary changes only when it changes places with the standby's."""
    current = _current(request)
    before, wanted = str(current.get("availabilityZone", "")), str(request.inputs.get("availabilityZone", ""))
    if not current or not wanted or not before or before == wanted:
        return None
    standby = str(current.get("highAvailability", {}).get("standbyAvailabilityZone", ""))
    swapped = str(request.inputs.get("highAvailability", {}).get("standbyAvailabilityZone", "")) == before
    return None if wanted == standby and swapped else errors.ZONE_CHANGE(before=before, wanted=wanted)


def parameter_is_settable(request: Request) -> ArmError | None:
    """A server has the parameter, lets it be changed and takes the value."""
    name, value = request.id.name, str(request.inputs.get("value", ""))
    parameter = PARAMETERS.get(name)
    if parameter is None:
        return errors.UNKNOWN_PARAMETER(name=name)
    if parameter.kind == "read-only":
        return errors.READ_ONLY_PARAMETER(name=name)
    burstable = _server(request).get("sku", {}).get("tier") == "Burstable"
    if (burstable and not parameter.burstable) or (_of_the_pool(name) and not _pool_is_on(request.id, request.store)):
        return errors.UNKNOWN_PARAMETER(name=name)
    if not parameter.allows(value):
        return errors.WRONG_PARAMETER(name=name, value=value, allowed=parameter.allowed)
    return None


def administrator_needs_entra(request: Request) -> ArmError | None:
    """Entra principals administer a server that knows Entra."""
    known = _server(request).get("authConfig", {}).get("activeDirectoryAuth")
    return None if known == "Enabled" else errors.ENTRA_IS_OFF(server=request.id.names[0])


def parameter_outputs(resource: ids.ArmId, _: Values) -> Values:
    """What Azure says of a parameter beside its value."""
    parameter = PARAMETERS.get(resource.name)
    if parameter is None:
        return {}
    return {
        "allowedValues": parameter.allowed,
        "dataType": parameter.data_type,
        "defaultValue": parameter.default,
        "isConfigPendingRestart": False,
        "isDynamicConfig": parameter.kind == "dynamic",
        "isReadOnly": parameter.kind == "read-only",
    }


def _of_the_pool(name: str) -> bool:
    return name.startswith("pgbouncer.") and name != POOL_SWITCH


def _pool_is_on(parameter: ids.ArmId, store: Store) -> bool:
    switch = store.get(f"{parameter.parent}/configurations/{POOL_SWITCH}")
    return switch is not None and wire.plain(switch.inputs).get("value") == "true"


def _server(request: Request) -> Values:
    stored = request.store.get(request.id.parent or "")
    return wire.plain(stored.inputs) if stored is not None else {}


def _current(request: Request) -> Values:
    stored = request.store.get(request.id.text)
    return wire.plain(stored.inputs) if stored is not None else {}


def _storage(values: Values) -> Any:
    return values.get("storage", {}).get("storageSizeGB")
