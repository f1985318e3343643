"""The stand-in for Azure Resource Manager: PUT, GET and DELETE of resources, with Azure's refusals.

It knows nothing of Pulumi beyond the spelling of inputs; :mod:`sandbox.azure.native` is the provider in front of it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from sandbox import arm, wire
from sandbox.azure import create_only, errors, ids, outputs, references, relations, soft_delete, uniqueness
from sandbox.azure.busy import Busy
from sandbox.azure.errors import ArmError
from sandbox.azure.faults import Faults
from sandbox.protocol.package import Values
from sandbox.store import Store, StoredResource

# Resource groups belong to Resource Manager itself: their namespace is registered in every subscription.
_ALWAYS_REGISTERED = frozenset({"microsoft.resources", "microsoft.authorization"})
_LOCK = "Microsoft.Authorization/locks"
# Parts of another resource that exist from its creation on: azure-native takes them over ("singletons"), and to delete
# one is to set it back (provider/pkg/resources/customresources/custom_postgres_config.go).
_ALWAYS_THERE = frozenset({"microsoft.dbforpostgresql/flexibleservers/configurations"})


def location_of(inputs: Values) -> str | None:
    """The region a request names, in Azure's short spelling; None for none or ``global``."""
    location = wire.plain(inputs.get("location"))
    text = location.replace(" ", "").lower() if isinstance(location, str) else ""
    return text if text and text != "global" else None


@dataclass(frozen=True, slots=True)
class ResourceManager:
    """Azure Resource Manager over a store. Refusals are :class:`ArmError`."""

    store: Store
    faults: Faults
    busy: Busy = field(default_factory=Busy)

    def id_of(self, token: str, inputs: Values) -> str:
        """The ARM id that the inputs name."""
        return arm.resource_id(token, wire.plain(inputs), ids.SUBSCRIPTION_ID)

    def get(self, resource_id: str) -> StoredResource | None:
        """The resource, None if it does not exist."""
        return self.store.get(resource_id)

    def create(self, token: str, inputs: Values) -> StoredResource:
        """PUT of a resource that is not there yet."""
        resource_id = self.id_of(token, inputs)
        current = self.store.get(resource_id)
        if current is not None and _parsed(resource_id).type.lower() not in _ALWAYS_THERE:
            # azure-native reads before it writes (its checkCreate): an existing id is never taken over.
            raise ArmError(409, "AlreadyExists", f"cannot create already existing resource '{resource_id}'")
        with self.busy.writing(resource_id):
            self.faults.before(resource_id)
            with self.store.exclusive():
                resource = self._write(token, resource_id, inputs, current)
                # Spent with the create, or a run that ends here would leave a fault that nothing meets any more.
                fault = self.faults.due_after(resource_id)
            self.faults.strike_after(fault, resource_id)
        return resource

    def update(self, token: str, resource_id: str, inputs: Values) -> StoredResource:
        """PUT of a resource that exists."""
        with self.busy.writing(resource_id):
            self.faults.before(resource_id)
            return self._update(token, resource_id, inputs)

    def _update(self, token: str, resource_id: str, inputs: Values) -> StoredResource:
        with self.store.exclusive():
            current = self.store.get(resource_id)
            if current is None:
                parsed = _parsed(resource_id)
                raise errors.RESOURCE_NOT_FOUND(
                    resource=f"{parsed.type}/{'/'.join(parsed.names)}", group=parsed.resource_group
                )
            refusal = create_only.refusal(token, current.inputs, inputs)
            if refusal is not None:
                raise refusal
            return self._write(token, resource_id, inputs, current)

    def delete(self, resource_id: str) -> None:
        """DELETE of a resource and of everything below it; one that is gone is no error."""
        with self.busy.writing(resource_id), self.store.exclusive():
            resource = self.store.get(resource_id)
            if resource is None:
                return
            self._refuse_locked(resource_id)
            self._refuse_in_use(resource)
            soft_delete.refuse_from_outside(self.store, resource)
            removed = [resource, *self.store.below(resource_id)]
            for each in removed:
                self.store.remove(each.id)
            soft_delete.keep(self.store, removed)

    def _write(self, token: str, resource_id: str, inputs: Values, current: StoredResource | None) -> StoredResource:
        parsed, opened = _parsed(resource_id), wire.plain(inputs)
        self._refuse_unregistered(parsed)
        self._refuse_malformed(token, opened)
        self._refuse_orphan(parsed)
        recovered = self._soft_deleted(parsed, opened) if current is None else None
        problem = (
            uniqueness.refusal(parsed, self.store)
            or references.check(resource_id, opened, location_of(opened), self._region_of)
            or next(
                filter(None, (check(relations.Request(parsed, opened, self.store)) for check in _relations(parsed))),
                None,
            )
        )
        if problem is not None:
            raise problem
        resource = StoredResource(
            id=resource_id,
            token=token,
            type=parsed.type,
            inputs=inputs,
            outputs=self._outputs(token, parsed, opened, current or recovered),
            created=current.created if current else time.time(),
        )
        self.store.put(resource)
        if recovered is not None:
            soft_delete.restore(self.store, recovered)
        return resource

    @staticmethod
    def _outputs(token: str, parsed: ids.ArmId, opened: Values, current: StoredResource | None) -> Values:
        if current is not None and parsed.type.lower() not in outputs.RECOMPUTED_ON_UPDATE:
            return current.outputs
        return outputs.computed(parsed, arm.api_version(token), opened)

    def _refuse_unregistered(self, parsed: ids.ArmId) -> None:
        namespace = parsed.namespace.lower()
        if namespace not in _ALWAYS_REGISTERED | self.store.namespaces():
            raise errors.NOT_REGISTERED(namespace=parsed.namespace)

    @staticmethod
    def _refuse_malformed(token: str, opened: Values) -> None:
        found = next((f for f in arm.check(token, opened) if f.severity == "error"), None)
        if found is not None:
            raise errors.INVALID_REQUEST(finding=f"{found.path}: {found.message}")

    def _refuse_orphan(self, parsed: ids.ArmId) -> None:
        scope = ids.scope_of_extension(parsed.text)
        if scope is not None:
            if self._region_of(scope) is None:
                raise errors.PARENT_NOT_FOUND(parent=scope)
            return
        group = parsed.group_id
        if group is not None and group.lower() != parsed.text.lower() and self.store.get(group) is None:
            raise errors.RESOURCE_GROUP_NOT_FOUND(name=parsed.resource_group)
        if parsed.parent is not None and self.store.get(parsed.parent) is None:
            raise errors.PARENT_NOT_FOUND(parent="/".join(parsed.names[:-1]))

    def _soft_deleted(self, parsed: ids.ArmId, opened: Values) -> StoredResource | None:
        """A deleted vault that a create takes up again."""
        soft_delete.refuse_held_secret(self.store, parsed)
        if parsed.type.lower() != soft_delete.VAULT:
            return None
        return soft_delete.waiting_vault(self.store, parsed, opened, location_of(opened))

    def _refuse_locked(self, resource_id: str) -> None:
        scopes = []
        for lock in self.store.of_type(_LOCK):
            scope = ids.scope_of_extension(lock.id) or ""
            below, above = f"{scope}/".lower(), f"{resource_id}/".lower()
            if lock.id.lower() != resource_id.lower() and (above.startswith(below) or below.startswith(above)):
                scopes.append(scope)
        if scopes and _parsed(resource_id).type != _LOCK:
            raise errors.SCOPE_LOCKED(id=resource_id, scopes=",".join(sorted(set(scopes))))

    def _refuse_in_use(self, resource: StoredResource) -> None:
        rule = relations.IN_USE.get(resource.type.lower())
        if rule is None:
            return
        for other in self.store.all():
            inside = f"{other.id}/".lower().startswith(f"{resource.id}/".lower())
            if not inside and any(r.target.lower() == resource.id.lower() for r in references.references(other.inputs)):
                if ids.scope_of_extension(other.id) == resource.id:
                    continue
                raise errors.IN_USE(code=rule.code, what=rule.what, id=resource.id, user=other.id)

    def _region_of(self, resource_id: str) -> str | None:
        """The region of an existing resource, "" for one without; None if it does not exist."""
        if resource_id.lower() == f"/subscriptions/{ids.SUBSCRIPTION_ID}":
            return ""
        resource = self.store.get(resource_id)
        if resource is None and relations.find_subnet(resource_id, self.store) is None:
            return None
        parsed = _parsed(resource_id)
        owner = self.store.get("/".join(resource_id.split("/")[:9])) if len(parsed.names) > 1 else resource
        return location_of(owner.inputs) or "" if owner is not None else ""


def _parsed(resource_id: str) -> ids.ArmId:
    parsed = ids.parse(resource_id)
    if parsed is None:
        raise errors.MALFORMED_ID(target=resource_id, path="id")
    return parsed


def _relations(parsed: ids.ArmId) -> tuple[relations.Relation, ...]:
    return relations.RELATIONS.get(parsed.type.lower(), ())
