"""The model read as data: which field a path names, what may stand there, where the secrets are."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from settings.groups.base import Group
from settings.secret import Secret

Location = tuple[int | str, ...]


def spelled(field_name: str, field: FieldInfo) -> str:
    """The field's key in a stack file."""
    return field.alias or field_name


def fields(group: type[Group]) -> Iterator[tuple[str, FieldInfo]]:
    """The fields of a group by their keys, in order."""
    return ((spelled(name, field), field) for name, field in group.model_fields.items())


def bare(annotation: Any) -> Any:
    """The type without ``Annotated`` and without the ``None`` of an optional setting."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return bare(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        return bare(next(each for each in get_args(annotation) if each is not type(None)))
    return annotation


def group_of(annotation: Any) -> type[Group] | None:
    """The group class behind the annotation, if it is one."""
    kind = bare(annotation)
    return kind if isinstance(kind, type) and issubclass(kind, Group) else None


def item_of(annotation: Any) -> Any:
    """What a list or mapping holds; ``None`` for anything else."""
    origin, arguments = get_origin(bare(annotation)), get_args(bare(annotation))
    if origin is tuple:
        return arguments[0]
    return arguments[1] if isinstance(origin, type) and issubclass(origin, Mapping) else None


def kept_text(field: FieldInfo, key: str) -> str:
    """A text that :func:`settings.groups.base.setting` keeps with the field."""
    kept = field.json_schema_extra
    return str(kept.get(key, "")) if isinstance(kept, dict) else ""


def choices(field: FieldInfo) -> list[str]:
    """The texts the field allows, where they can be listed."""
    kind = bare(field.annotation)
    if get_origin(kind) is Literal:
        return [str(each) for each in get_args(kind)]
    kept = field.json_schema_extra
    listed = kept.get("choices") if isinstance(kept, dict) else None
    return [str(each) for each in listed] if isinstance(listed, list) else []


def field_at(root: type[Group], location: Location) -> FieldInfo | None:
    """The innermost declared field on the way to the location; ``None`` where the way leaves the model at once."""
    group: type[Group] | None = root
    annotation: Any = root
    found = None
    for step in location:
        if group is None:
            annotation = item_of(annotation)
            if annotation is None:
                break
        else:
            field = dict(fields(group)).get(str(step))
            if field is None:
                break
            found, annotation = field, field.annotation
        group = group_of(annotation)
    return found


def group_at(root: type[Group], location: Location) -> type[Group] | None:
    """The group the location names, if it names one."""
    if not location:
        return root
    annotation: Any = root
    for step in location:
        group = group_of(annotation)
        if group is not None:
            field = dict(fields(group)).get(str(step))
            if field is None:
                return None
            annotation = field.annotation
        else:
            annotation = item_of(annotation)
    return group_of(annotation)


def secret_paths(group: type[Group], above: Location = ()) -> Iterator[Location]:
    """Every path of the model that holds a secret; ``*`` stands for any key."""
    for key, field in fields(group):
        yield from _secrets_in(field.annotation, (*above, key))


def _secrets_in(annotation: Any, here: Location) -> Iterator[Location]:
    kind = bare(annotation)
    if kind is Secret:
        yield here
    elif (group := group_of(annotation)) is not None:
        yield from secret_paths(group, here)
    elif (item := item_of(annotation)) is not None:
        yield from _secrets_in(item, (*here, "*"))


def allowed(field: FieldInfo) -> str:
    """What may stand in the field, in words."""
    return kept_text(field, "allowed") or _allowed_by_type(field)


def _allowed_by_type(field: FieldInfo) -> str:
    kind = bare(field.annotation)
    if get_origin(kind) is Literal:
        return "one of " + ", ".join(str(each) for each in get_args(kind))
    if (group := group_of(kind)) is not None:
        return "an object with " + ", ".join(key for key, _ in fields(group))
    if kind is bool:
        return "true or false"
    if kind in (int, float):
        return _number(field, "a whole number" if kind is int else "a number")
    return "text that was encrypted with --secret" if kind is Secret else "text"


def _number(field: FieldInfo, noun: str) -> str:
    limits = {name: getattr(each, name) for each in field.metadata for name in ("ge", "le") if hasattr(each, name)}
    if set(limits) == {"ge", "le"}:
        return f"{noun} from {limits['ge']} to {limits['le']}"
    return f"{noun} of at least {limits['ge']}" if "ge" in limits else noun


def spelled_path(location: Location) -> str:
    """A location in the spelling of ``pulumi config --path``: ``emqx.slots["4"].version``, ``subnets.core[0]``."""
    text = ""
    for step in location:
        if isinstance(step, int):
            text += f"[{step}]"
        elif str(step).replace("_", "a").isalnum() and not str(step)[0].isdigit():
            text += f".{step}" if text else str(step)
        else:
            text += f'["{step}"]'
    return text
