"""What a judgement says: a property that is not as it must be, or one it could not read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

# The last words of a name that say its value is a credential: `administratorLoginPassword`, `EMQX_NODE__COOKIE`. A name
# that goes on (`secretRef`, `passwordAuth`, `COOKIE_FILE`) speaks about a credential and does not hold one.
_CREDENTIALS: Final = ("password", "passwd", "pwd", "secret", "cookie", "credential", "token")
_KEYS: Final = frozenset(
    {"access", "account", "api", "encryption", "instrumentation", "licence", "license", "primary", "private", "shared"}
)
_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
# Pulumi gives secrets to policies in plain text, and what a finding says ends up in logs and in pull requests.
_HIDDEN: Final = "a value (not shown)"
_LONGEST: Final = 200


def names_credential(name: str) -> bool:
    """Whether a property or an environment variable of this name holds a credential."""
    words = [word.casefold() for word in _WORD.findall(name)]
    if not words:
        return False
    before = words[-2] if len(words) > 1 else ""
    last = words[-1]
    # The end of the word, for names without joints: PGPASSWORD.
    return (
        last.endswith(_CREDENTIALS) or (last == "key" and before in _KEYS) or (before, last) == ("connection", "string")
    )


@dataclass(frozen=True, slots=True)
class Finding:
    """A violation.

    path: the property, with dots; empty for what is about the resource as a whole. found: what is there; what stands
    in a credential is never shown. wanted: what must be there. urn: the resource, for a rule about the stack.
    """

    path: str
    found: str
    wanted: str
    urn: str = ""

    def __str__(self) -> str:
        """One line: where, what is there, what is wanted."""
        steps = [step for step in self.path.split(".") if not step.isdigit()]
        found = _HIDDEN if steps and names_credential(steps[-1]) else self.found
        shown = found if len(found) <= _LONGEST else f"{found[:_LONGEST]}…"
        return f"{self.path or 'this resource'}: found {shown}, wanted {self.wanted}"


@dataclass(frozen=True, slots=True)
class Unread:
    """A property that a rule had to read and that is not known yet.

    path: with dots. urn: as for a finding. encrypted: it is known and cannot be read from a state file.
    """

    path: str
    urn: str = ""
    encrypted: bool = False
