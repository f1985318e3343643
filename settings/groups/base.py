"""What every group of settings shares: how it is spelled, checked and described."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class Group(BaseModel):
    """A group of settings: camelCase in the stack file, snake_case here; unknown keys and near-miss types refused."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        alias_generator=to_camel,
        hide_input_in_errors=True,
        regex_engine="python-re",
    )


def setting(
    description: str,
    *,
    default: Any = ...,
    allowed: str = "",
    source: str = "",
    computed: str = "",
    choices: Iterable[str] = (),
    **limits: Any,
) -> Any:
    """A field of a group.

    Args:
        description: one sentence for the reference and the project file.
        default: value where neither stack nor tier names one; left out means required.
        allowed: what may stand here, in words; needed where type and limits do not say it.
        source: public source of a figure or limit.
        computed: how the value comes about when it is left out; the default is then a stand-in that no one sees.
        choices: the allowed texts, where they are too many to list in ``allowed``; the nearest is suggested.
        limits: pydantic's own (``ge``, ``le``, ``min_length``, ``max_length``).
    """
    extra = {"allowed": allowed, "source": source, "computed": computed, "choices": list(choices)}
    return Field(default, description=description, json_schema_extra=extra, **limits)


def matching(pattern: str) -> AfterValidator:
    """Text that matches the whole pattern; the field's ``allowed`` says it in words."""
    compiled = re.compile(pattern)
    return satisfying(lambda text: compiled.fullmatch(text) is not None)


def satisfying(judge: Callable[[Any], bool]) -> AfterValidator:
    """A value of which the judgement holds; the judgement may raise ``ValueError`` for "no"."""

    def check(value: Any) -> Any:
        if not judge(value):
            raise ValueError("refused")
        return value

    return AfterValidator(check)
