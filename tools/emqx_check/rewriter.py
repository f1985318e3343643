"""EMQX's HOCON written as plain HOCON, with every string quoted and every comma set.

Merging, paths and substitutions are then left to the library. Written after EMQX's own grammar
(github.com/emqx/hocon at 0.44.0, hocon_parser.yrl).
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from tools.emqx_check.finding import ConfigError, Keys
from tools.emqx_check.scanner import END, Token, content


class Rewriter:
    """Writes EMQX's HOCON as plain HOCON."""

    STRINGS = ("word", "string", "multi", "unit")

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.position = 0
        self.notes: list[str] = []
        self.overrides: list[tuple[Keys, str]] = []

    @property
    def token(self) -> Token:
        """The next token."""
        return self.tokens[self.position] if self.position < len(self.tokens) else END

    def take(self) -> Token:
        """Go past the next token."""
        token = self.token
        self.position += 1
        return token

    def fail(self, expected: str) -> ConfigError:
        """The error for the next token."""
        token = self.token
        if token is END:
            return ConfigError(f"line {self.tokens[-1].line if self.tokens else 1}: {expected} expected, the text ends")
        return ConfigError(
            f"line {token.line}: {expected} expected, got {token.text[:40]!r}; quote values with other characters"
        )

    def document(self) -> str:
        """Rewrite the whole text."""
        if self.token.text == "{":
            self.take()
            text = self.fields("}", root=True)
            self.take()
        else:
            text = self.fields("", root=True)
        if self.token is not END:
            raise self.fail("the end")
        return text

    def is_key(self) -> bool:
        """Whether the next token starts a field."""
        following = self.tokens[self.position + 1] if self.position + 1 < len(self.tokens) else END
        return self.token.kind in self.STRINGS and following.text in ("=", ":", "{") and following.kind == "punct"

    def fields(self, end: str, *, root: bool = False) -> str:
        """Rewrite the fields of an object, up to its end."""
        out = []
        while self.token.text != end or self.token.kind not in ("punct", "end"):
            if self.token.kind == "word" and self.token.text == "include":
                line = self.take().line
                if self.take().kind not in ("word", "string"):
                    raise ConfigError(f"line {line}: include without a file name")
                self.notes.append(f"line {line}: include is not followed")
            elif self.is_key():
                key = self.take()
                names = [n for n in content(key).split(".") if n] if key.kind == "word" else [content(key)]
                if self.token.text != "{":
                    self.take()
                value = self.value(in_list=False)
                if root and any(n.isdigit() for n in names):
                    self.overrides.append((tuple(names), value))
                else:
                    out.append(".".join(json.dumps(n) for n in names) + " = " + value)
            else:
                raise self.fail("a key")
            if self.token.text == "," and self.token.kind == "punct":
                self.take()
        return "\n".join(out)

    def value(self, *, in_list: bool) -> str:
        """Rewrite one value: a constant, or strings, variables, objects and lists joined."""
        if self.token.kind == "constant":
            return self.take().text
        if self.token.kind == "number":
            text = self.take().text
            number = float(text) if "." in text else int(text)
            return json.dumps(number)
        out: list[str] = []
        while (part := self.part(in_list=in_list, first=not out)) is not None:
            out.append(part)
        if not out:
            raise self.fail("a value")
        return "".join(out)

    def part(self, *, in_list: bool, first: bool) -> str | None:
        """Rewrite one of the parts that a value is joined of; None where the value ends."""
        token, before = self.token, self.tokens[self.position - 1]
        if not first and self.ends_value(token, before, in_list=in_list):
            return None
        if token.kind in self.STRINGS and (in_list or not self.is_key()):
            return json.dumps(self.text(in_list=in_list, first=first))
        if token.kind == "variable":
            return self.take().text
        if token.kind == "punct" and token.text == "{":
            self.take()
            fields = self.fields("}")
            self.take()
            return "{\n" + fields + "\n}"
        if token.kind == "punct" and token.text == "[":
            self.take()
            return "[" + ", ".join(self.elements()) + "]"
        return None

    def ends_value(self, token: Token, before: Token, *, in_list: bool) -> bool:
        """Whether a value that has begun ends before the token."""
        if in_list and token.text == "{" and token.line != before.line:
            return True
        if token.kind == "word" and token.text == "include":
            return True
        if token.kind in self.STRINGS and before.text in ("}", "]") and before.kind == "punct":
            if not in_list and not self.is_key():
                raise self.fail("a key")
            return True
        return False

    def text(self, *, in_list: bool, first: bool) -> str:
        """Join adjacent strings."""
        line = self.token.line
        text = content(self.take())
        while self.token.kind in self.STRINGS and (in_list or not self.is_key()):
            if self.token.text == "include" and self.token.kind == "word" and not first:
                break
            if in_list and text and self.token.line != line:
                self.notes.append(f"line {self.token.line}: joined with the string before it; a comma is missing")
            line = self.token.line
            text += content(self.take())
        return text

    def elements(self) -> Iterator[str]:
        """Rewrite the elements of a list, up to and with its end; commas may be missing."""
        while not (self.token.kind == "punct" and self.token.text == "]"):
            joins = self.token.kind not in ("number", "constant")
            yield self.value(in_list=True)
            if self.token.text == "," and self.token.kind == "punct":
                self.take()
            elif joins and self.token.kind in ("number", "constant"):
                raise self.fail("a comma")
        self.take()
