"""What EMQX 5.8 would decide, from the real ``acl.conf`` as Erlang reads it and the rows of PostgreSQL."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tests.servers.programs import compiled, program
from topics.acl_rows import Row

_MODULE = Path(__file__).resolve().parent / "erlang" / "acl_verdicts.erl"


@dataclass(frozen=True, slots=True)
class Publish:
    """Someone sends a message."""

    topic: str
    qos: int = 1
    retain: bool = False


@dataclass(frozen=True, slots=True)
class Subscribe:
    """Someone asks for a topic filter."""

    topic: str
    qos: int = 1


Action = Publish | Subscribe


@dataclass(frozen=True, slots=True)
class Question:
    """May this client, as the broker knows it, do this? common_name: of its certificate, if it has one."""

    username: str
    client_id: str
    action: Action
    common_name: str | None = None


def consulted(file: Path) -> int:
    """How many terms ``file:consult/1`` reads from a file; an error of Erlang's where it reads none."""
    program_text = (
        '{ok, Terms} = file:consult(hd(init:get_plain_arguments())), io:format("~p", [length(Terms)]), halt().'
    )
    return int(_erl(["-eval", program_text, "-extra", str(file)]))


def verdicts(
    folder: Path,
    acl_conf: str,
    rows: Mapping[str, Iterable[Row]],
    questions: Sequence[Question],
    *,
    dollar: Literal["apart", "together"] = "apart",
) -> list[bool]:
    """Whether each question is answered with allow.

    Args:
        folder: where files may be written.
        acl_conf: the file's text.
        rows: of ``mqtt_acl`` by username.
        questions: at least one.
        dollar: whether a leading wildcard of a rule leaves out first levels that begin with a dollar sign.
    """
    acl, row_terms, question_terms = (folder / name for name in ("acl.conf", "rows.eterm", "questions.eterm"))
    acl.write_text(acl_conf, encoding="utf-8")
    row_terms.write_text("".join(_rows(username, given) for username, given in rows.items()), encoding="utf-8")
    question_terms.write_text("".join(map(_question, questions)), encoding="utf-8")
    files = ", ".join(_string(str(path)) for path in (acl, row_terms, question_terms))
    said = _erl(["-pa", str(compiled(_MODULE)), "-eval", f"acl_verdicts:main({files}, {dollar}), halt()."])
    answers = said.split()
    assert len(answers) == len(questions)
    assert set(answers) <= {"allow", "deny"}
    return [answer == "allow" for answer in answers]


def _erl(arguments: Sequence[str]) -> str:
    command = [program("erl"), "-noshell", "-eval", "process_flag(trap_exit, false).", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _rows(username: str, rows: Iterable[Row]) -> str:
    terms = ", ".join("{" + ", ".join(_string(value) for value in row) + "}" for row in rows)
    return f"{{{_string(username)}, [{terms}]}}.\n"


def _question(question: Question) -> str:
    common_name = "undefined" if question.common_name is None else _string(question.common_name)
    names = f"username => {_string(question.username)}, clientid => {_string(question.client_id)}, cn => {common_name}"
    match question.action:
        case Publish(topic, qos, retain):
            action = f"{{publish, {qos}, {str(retain).lower()}}}"
        case Subscribe(topic, qos):
            action = f"{{subscribe, {qos}}}"
    return f"{{#{{{names}}}, {action}, {_string(topic)}}}.\n"


def _string(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
