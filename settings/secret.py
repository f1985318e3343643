"""A setting whose text nobody may see: not in a message, not in a dump, not in plain state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pydantic_core import core_schema

if TYPE_CHECKING:
    import pulumi

PLACEHOLDER: Final = "placeholder-of-an-encrypted-setting"


class Secret:
    """A value set with ``pulumi config set --secret``; its text leaves only as a secret output."""

    __slots__ = ("_text",)

    def __init__(self, text: str = PLACEHOLDER) -> None:
        self._text = text

    def output(self) -> pulumi.Output[str]:
        """The text as a Pulumi secret, which the engine encrypts wherever it stores it."""
        # The documents, the operators' commands and the tests read settings without an engine.
        import pulumi  # noqa: PLC0415

        return pulumi.Output.secret(self._text)

    def __repr__(self) -> str:
        return "[secret]"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._text == other._text

    def __hash__(self) -> int:
        return hash((Secret, self._text))

    def __reduce__(self) -> Any:
        raise TypeError("a secret setting is not written anywhere; use its output()")

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> core_schema.CoreSchema:
        return core_schema.is_instance_schema(cls)
