"""From what a stack says to final settings, or to everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from pydantic import ValidationError

from settings import derived, rules, shape, structure
from settings.model import NAMESPACE, Settings
from settings.problem import Problem, SettingsError
from settings.reading import Given
from settings.tiers import TIERS, with_defaults


class _UnreadableError(Exception):
    """A rule asked for a group that is itself wrong; the rule has nothing to say then."""


class _Broken:
    """Stands for a group that is wrong: whoever looks at it is not run."""

    def _refuse(self, *_: object) -> NoReturn:
        raise _UnreadableError

    __getattr__ = __iter__ = __len__ = __bool__ = __eq__ = __hash__ = __contains__ = __getitem__ = _refuse  # type: ignore[assignment]


def checked(given: Given, *, of: str = "") -> Settings:
    """The final settings.

    Args:
        given: what was read.
        of: names the stack in the error's first line.

    Raises:
        SettingsError: with every problem found.
    """
    problems = list(given.problems)
    values = {name: value for name, value in given.values.items() if not _left_out(name, value)}
    for name, field in shape.fields(Settings):
        if shape.group_of(field.annotation) is not None:
            # A group that is left out is an empty one: its missing settings are then named, not the group.
            values.setdefault(name, {})
    tier = _tier(values)
    if tier is not None:
        values["tier"] = tier
    elif "environment" not in values:
        # One message for the one thing that is missing; the tier follows from it.
        values["tier"] = "dev"
    merged = with_defaults(tier if isinstance(tier, str) and tier in TIERS else "dev", values)
    settings, found = _structured(merged, frozenset(given.hidden))
    problems += found
    settings = _derived(settings)
    for each in rules.ALL:
        try:
            problems += each.problems(settings)
        except _UnreadableError:
            continue
    if problems:
        raise SettingsError(_in_order(problems), of=of)
    return settings


def _left_out(name: str, value: Any) -> bool:
    """Pulumi.yaml gives every key an empty default, so that a missing one is reported here with all the rest."""
    field = dict(shape.fields(Settings)).get(name)
    return field is not None and (value is None or value == "")


def _tier(values: Mapping[str, Any]) -> Any:
    if "tier" in values:
        return values["tier"]
    environment = values.get("environment")
    return environment if isinstance(environment, str) and environment in TIERS else None


def _structured(values: dict[str, Any], hidden: frozenset[str]) -> tuple[Settings, list[Problem]]:
    """The settings with computed values still missing; groups with an error in them are :class:`_Broken`."""
    values = {name: _immutable(value) for name, value in values.items()}
    try:
        return Settings.model_validate(values), []
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=False)
    found = list(structure.problems(details, hidden))
    wrong = {str(each["loc"][0]) for each in details if each["loc"]}
    parts: dict[str, Any] = {}
    for name, field in Settings.model_fields.items():
        key = shape.spelled(name, field)
        group = shape.group_of(field.annotation)
        if key in wrong:
            parts[name] = _Broken()
        elif key in values:
            parts[name] = group.model_validate(values[key]) if group is not None else values[key]
    return Settings.model_construct(**parts), found


def _immutable(value: Any) -> Any:
    """Lists as tuples: strict validation takes nothing else for a tuple, and frozen settings hold nothing else."""
    if isinstance(value, list):
        return tuple(_immutable(item) for item in value)
    return {key: _immutable(item) for key, item in value.items()} if isinstance(value, Mapping) else value


def _derived(settings: Settings) -> Settings:
    """The settings with the computed values; a group that hangs on a wrong one is as good as wrong itself."""
    for each in derived.ALL:
        try:
            settings = settings.model_copy(update={each.group: each.compute(settings)})
        except _UnreadableError:
            settings = settings.model_copy(update={each.group: _Broken()})
    return settings


def _in_order(problems: list[Problem]) -> list[Problem]:
    """In the order of the reference, then of discovery; what belongs to no setting comes first."""
    order = {key: index for index, (key, _) in enumerate(shape.fields(Settings))}
    return sorted(problems, key=lambda each: order.get(each.path.replace("[", ".").split(".")[0], -1))


def as_given(values: Mapping[str, Any]) -> Given:
    """Values from a mapping, keys with or without the namespace."""
    return Given({str(key).removeprefix(f"{NAMESPACE}:"): value for key, value in values.items()})
