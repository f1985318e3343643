"""The lexical units of EMQX's HOCON.

It is not the specification's: what may stay unquoted differs ("/" and ":" may not, "@", "%" and "|" may), line
ends mean nothing, and adjacent strings are joined without a space. Written after EMQX's own scanner
(github.com/emqx/hocon at 0.44.0, hocon_scanner.xrl).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tools.emqx_check.finding import ConfigError

TOKEN = re.compile(
    r"""(?P<skip>[ \t\v\f\xa0\n\r\u2028\u2029]+|(?:\#|//)[^\n\r]*)
      |(?P<multi>\"\"\"(?:[^"]|"[^"]|""[^"])*\"\"\"+)
      |(?P<string>"(?:\\.|[^"\\\n\r])*")
      |(?P<variable>\$\{\??[A-Za-z][\w.@%|-]*\})
      |(?P<unit>\d+(?:%|kb|KB|mb|MB|gb|GB|ms|MS|[dDhHmMsS]))
      |(?P<number>[+-]?(?:\d+\.\d+[eE][+-]?\d+|\d*\.\d+|\d+))
      |(?P<word>[A-Za-z][A-Za-z0-9_.@%|-]*)
      |(?P<punct>[{}\[\],:=])""",
    re.VERBOSE,
)
ESCAPES = {"\\\\": "\\", '\\"': '"', "\\n": "\n", "\\t": "\t", "\\r": "\r", "\\b": "\b", "\\f": "\f"}


@dataclass(frozen=True)
class Token:
    """A lexical unit of EMQX's HOCON."""

    kind: str
    text: str
    line: int


END = Token("end", "", 0)


def scan(text: str) -> list[Token]:
    """Split the text by EMQX's rules; raise where EMQX's scanner would stop."""
    tokens, position, line = [], 0, 1
    while position < len(text):
        match = TOKEN.match(text, position)
        if match is None:
            rest = text[position:].split("\n", 1)[0].strip()
            raise ConfigError(f"line {line}: EMQX does not read {rest[:40]!r} unquoted; put the value in double quotes")
        kind = str(match.lastgroup)
        if kind == "word" and match.group() in ("true", "false", "null"):
            kind = "constant"
        if kind != "skip":
            tokens.append(Token(kind, match.group(), line))
        line += match.group().count("\n")
        position = match.end()
    return tokens


def content(token: Token) -> str:
    """The text that a string-like token stands for."""
    if token.kind == "multi":
        inner = token.text[3:-3]
        return unindent(inner) if re.match("~\r?\n", inner) else inner
    if token.kind == "string":
        return re.sub(r'\\[\\"ntrbf]', lambda m: ESCAPES[m.group()], token.text[1:-1])
    return token.text


def unindent(text: str) -> str:
    """Read EMQX's indented multi-line string (``\"\"\"~`` to ``~\"\"\"``)."""
    lines = text.removeprefix("~").removeprefix("\r").removeprefix("\n").split("\n")
    lines[-1] = lines[-1].removesuffix("~")
    indents = [len(x) - len(x.lstrip(" ")) for x in lines if x.strip()]
    margin = min(indents, default=0)
    return "\n".join(x[margin:] for x in lines)
