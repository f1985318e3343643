"""Short ways to write a case: a baseline with something changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.policies.subjects import UNKNOWN, Subject, changed


class Kind:
    """A type with its faultless inputs; calling it gives a subject with something changed.

    token: without ``azure-native:``, or the whole of another package's.
    """

    def __init__(self, token: str, inputs: Mapping[str, Any], **usual: Any) -> None:
        self.token = token if token.count(":") > 1 else f"azure-native:{token}"
        self.inputs = inputs
        self.usual = usual

    def __call__(self, changes: Mapping[str, Any] | None = None, **options: Any) -> Subject:
        return Subject(self.token, changed(self.inputs, changes or {}), **{**self.usual, **options})

    def without(self, path: str, **options: Any) -> Subject:
        """With a property left out."""
        return self({path: None}, **options)

    def unknown(self, path: str, **options: Any) -> Subject:
        """With a value that is not known yet."""
        return self({path: UNKNOWN}, **options)


def unread(kind: Kind, *paths: str) -> tuple[tuple[Subject, str], ...]:
    """Subjects that cannot be judged because one of these is not known."""
    return tuple((kind.unknown(path), path) for path in paths)
