"""Where the values come from: Pulumi's configuration of the running program, or a stack file on its own."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from settings import shape
from settings.model import NAMESPACE, Settings
from settings.problem import Problem, SettingsError
from settings.secret import Secret

if TYPE_CHECKING:
    import pulumi

_SECURE: Final = "secure"
_SCALARS: Final = frozenset(
    key for key, each in shape.fields(Settings) if shape.bare(each.annotation) is str or shape.choices(each)
)


@dataclass(slots=True)
class Given:
    """What a stack says, not yet checked.

    values: one entry a config key, without the namespace; secrets are :class:`Secret`.
    hidden: keys of which no value may be shown: Pulumi marks a whole key secret, not a place in it.
    problems: what was wrong with the reading itself.
    """

    values: dict[str, Any] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)


def from_config(config: pulumi.Config) -> Given:
    """Everything in the config's namespace.

    Pulumi's ``Config`` answers for a key it is asked for and lists none, so the keys come from what the engine
    handed to the program; ``Config`` itself then gives the values.
    """
    # Read here and not above: the documents and the operators' commands use settings without an engine.
    from pulumi.runtime import config as runtime  # noqa: PLC0415

    handed = {**(runtime.get_config_env() or {}), **(runtime.CONFIG.get() or {})}
    secret = set(runtime.get_config_secret_keys_env() or [])
    given = Given()
    names = [key.removeprefix(f"{config.name}:") for key in handed if key.startswith(f"{config.name}:")]
    for name in dict.fromkeys([*(key for key, _ in shape.fields(Settings)), *names]):
        raw: Any = config.get(name)
        if raw is None:
            continue
        full = f"{config.name}:{name}"
        given.values[name] = raw if name in _SCALARS else _parsed(raw)
        if full in secret or runtime.is_config_secret(full):
            _take_secret(given, name)
    given.problems += _foreign(handed, config.name)
    return given


def _parsed(raw: Any) -> Any:
    """An object as Pulumi hands it over: JSON text. What is no JSON stays text, and is refused as such later."""
    if not isinstance(raw, str):
        return raw
    try:
        return json.loads(raw)
    except ValueError:
        return raw


def _take_secret(given: Given, name: str) -> None:
    """Wrap the secrets of a key that is marked secret; refuse the mark where the group has none."""
    paths = [path for path in shape.secret_paths(Settings) if path[0] == name]
    known = name in dict(shape.fields(Settings))
    given.hidden.add(name)
    if known and not paths:
        given.problems.append(
            Problem(
                path=name,
                found="a secret",
                allowed="plain text, since nothing in it is secret",
                mend=f"Set the encrypted value of {name} again without --secret.",
            )
        )
        del given.values[name]
    for path in paths:
        given.values[name] = _wrapped(given.values[name], path[1:])


def _wrapped(value: Any, path: shape.Location) -> Any:
    if not path:
        return Secret(value) if isinstance(value, str) else value
    if not isinstance(value, Mapping):
        return value
    step, *rest = path
    names = list(value) if step == "*" else [step] if step in value else []
    return {**value, **{name: _wrapped(value[name], tuple(rest)) for name in names}}


def _foreign(keys: Mapping[str, Any], namespace: str) -> Iterator[Problem]:
    """Keys whose namespace is a misspelling of ours; those of providers are none of our business."""
    for key in keys:
        other, _, name = key.rpartition(":")
        if other != namespace and get_close_matches(other, [namespace], cutoff=0.8):
            yield Problem(
                path=key,
                found=f"the namespace {other}",
                allowed=namespace,
                mend=f"Did you mean {namespace}:{name}?",
            )


def from_stack_file(path: Path) -> Given:
    """Everything a stack file says, without an engine; what is encrypted becomes a placeholder.

    Raises:
        SettingsError: the file is missing, is no YAML, or is no stack file.
    """
    # PyYAML is slow to import and the running program never needs it.
    import yaml  # noqa: PLC0415

    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise _unreadable(path, "no file", f"Name a stack whose Pulumi.<stack>.yaml exists; not {path}.") from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        first = " ".join(str(error).split())
        raise _unreadable(path, f"what is no YAML ({first})", "Mend the file where the message points.") from error
    config = (content or {}).get("config") if isinstance(content or {}, dict) else content
    if not isinstance(config or {}, dict):
        raise _unreadable(path, f"a {type(config).__name__}", "Write `config:` with one entry a setting.")
    given = Given()
    for key, value in (config or {}).items():
        namespace, _, name = str(key).rpartition(":")
        # A key without a namespace is the project's own, as for the engine.
        if namespace in ("", NAMESPACE):
            given.values[name] = _opened(value)
    given.problems += _foreign(config or {}, NAMESPACE)
    return given


def _opened(value: Any) -> Any:
    if isinstance(value, Mapping):
        if set(value) == {_SECURE}:
            return Secret()
        return {str(key): _opened(item) for key, item in value.items()}
    return [_opened(item) for item in value] if isinstance(value, list) else value


def _unreadable(path: Path, found: str, mend: str) -> SettingsError:
    problem = Problem(path=path.name, found=found, allowed="a stack file, YAML with a mapping `config:`", mend=mend)
    return SettingsError([problem], of=path.name)
