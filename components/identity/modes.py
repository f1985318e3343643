"""Which tenant a stack has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, Literal

from components.identity.b2c import B2CTenant
from components.identity.existing import ExistingTenant
from components.identity.external_id import ExternalIdTenant
from components.identity.interface import IdentityArgs, IdentityTenant

Mode = Literal["existing", "b2c", "externalId"]

TENANTS: Final[Mapping[Mode, Callable[[str, IdentityArgs], IdentityTenant]]] = {
    "existing": ExistingTenant,
    "b2c": B2CTenant,
    "externalId": ExternalIdTenant,
}
"""Mode -> what makes the tenant, from a logical name and arguments."""
