"""ARM resource ids: ``/subscriptions/{s}/resourceGroups/{g}/providers/{namespace}/{type}/{name}/{type}/{name}...``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

SUBSCRIPTION_ID: Final = "00000000-0000-0000-0000-000000000000"
TENANT_ID: Final = "11111111-1111-1111-1111-111111111111"
CLIENT_ID: Final = "22222222-2222-2222-2222-222222222222"


@dataclass(frozen=True, slots=True)
class ArmId:
    """The parts of an id.

    resource_group: empty above a resource group. type: ``Namespace/type/subtype``; empty for a subscription.
    names: one a type segment, outermost first.
    """

    text: str
    resource_group: str
    type: str
    names: tuple[str, ...]

    @property
    def name(self) -> str:
        """The resource's own name."""
        return self.names[-1] if self.names else self.resource_group

    @property
    def namespace(self) -> str:
        """``Microsoft.Network``; ``Microsoft.Resources`` for groups."""
        return self.type.partition("/")[0]

    @property
    def parent(self) -> str | None:
        """Id of the resource this one is nested in; None at the top of its type."""
        return self.text.rsplit("/", 2)[0] if len(self.names) > 1 else None

    @property
    def group_id(self) -> str | None:
        """Id of the resource group, None above one."""
        if not self.resource_group:
            return None
        return "/".join(self.text.split("/")[:5])


def parse(text: str) -> ArmId | None:
    """The parts of an id; None when it is none."""
    parts = text.split("/")
    if len(parts) < 3 or parts[0] or parts[1].lower() != "subscriptions" or not all(parts[2:]):
        return None
    rest, group = parts[3:], ""
    if len(rest) >= 2 and rest[0].lower() == "resourcegroups":
        group, rest = rest[1], rest[2:]
    if not rest:
        return ArmId(text, group, "Microsoft.Resources/resourceGroups" if group else "", ())
    return _with_provider(text, group, rest)


def _with_provider(text: str, group: str, rest: list[str]) -> ArmId | None:
    # An extension resource repeats /providers/: its own type and names stand behind the last one.
    markers = [index for index, part in enumerate(rest) if part.lower() == "providers"]
    if not markers or markers[0] != 0:
        return None
    tail = rest[markers[-1] + 1 :]
    if len(tail) < 3 or len(tail) % 2 == 0:
        return None
    return ArmId(text, group, "/".join([tail[0], *tail[1::2]]), tuple(tail[2::2]))


_EXTENSIONS: Final = frozenset(
    {
        "microsoft.authorization/locks",
        "microsoft.authorization/roleassignments",
        "microsoft.consumption/budgets",
        "microsoft.insights/diagnosticsettings",
    }
)


def scope_of_extension(text: str) -> str | None:
    """What a lock, a role assignment, a budget or a diagnostic setting is attached to; None for other resources."""
    parsed = parse(text)
    if parsed is None or parsed.type.lower() not in _EXTENSIONS:
        return None
    return text[: text.lower().rindex("/providers/")]
