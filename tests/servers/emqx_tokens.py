"""The token authenticator of a rendered ``emqx.conf``, judged twice: in Python, and in Erlang with EMQX's library."""

from __future__ import annotations

import base64
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from components.brokers.emqx.configuration import Configuration, DatabaseLogin, Tokens, emqx_conf, seed_names
from ops.identity.token_judge import TokenRules, judge, key_set
from tests.servers.programs import compiled, program
from tools.emqx_check.reading import parse
from topics import identity
from topics.contract import MAX_PACKET_BYTES

_MODULE = Path(__file__).resolve().parent / "erlang" / "jwt_verdicts.erl"
USERNAME = "${username}"


def rendered(tokens: Tokens) -> str:
    """``emqx.conf`` of a cluster that takes these tokens."""
    return emqx_conf(
        Configuration(
            seeds=seed_names(("10.40.0.9",)),
            cluster_tls=False,
            tokens=tokens,
            database=DatabaseLogin(host="db.example", port=5432, name="amora", username="emqx_a", pooled=False),
            max_packet_bytes=MAX_PACKET_BYTES,
            client_id_expression=identity.CLIENT_ID_EXPRESSION,
            session_expiry_seconds=7200,
            memory_gigabytes=4,
        )
    )


def authenticator(text: str) -> dict[str, Any]:
    """The one authenticator of tokens in the file, the first of the chain."""
    chain: Any = parse(text)["authentication"]
    assert [each["mechanism"] for each in chain] == ["jwt", "password_based"]
    return chain[0]


@dataclass
class TokenBroker:
    """What EMQX knows of the tenant: the rules of its file, and the last keys it could read.

    trusted: stands for the authorities of the image, which the file names.
    """

    settings: dict[str, Any]
    trusted: Path
    folder: Path
    keys: str | None = None

    def refresh(self) -> bool:
        """Fetch the keys as EMQX does, every ``refresh_interval``; what cannot be read changes nothing."""
        assert self.settings["ssl"]["verify"] == "verify_peer"
        call = f'jwt_verdicts:fetch("{self.settings["endpoint"]}", "{self.trusted}"), halt().'
        # Erlang's notices of a handshake that failed come on the same way.
        answer = [line.removeprefix("body ") for line in _erl(call).splitlines() if line.startswith("body ")]
        if not answer:
            return False
        body = base64.b64decode(answer[0]).decode()
        try:
            key_set(body)
        except ValueError:
            return False
        self.keys = body
        return True

    def takes(self, *logins: tuple[str, str]) -> list[bool]:
        """Whether each pair of username and token gets in; the two judges must agree."""
        now = int(time.time())
        python = [self._in_python(username, token, now) for username, token in logins]
        erlang = self._in_erlang(logins, now)
        assert python == [each == "ok" for each in erlang], erlang
        return python

    def takes_one(self, token: str, username: str) -> bool:
        (taken,) = self.takes((username, token))
        return taken

    def _in_python(self, username: str, token: str, now: int) -> bool:
        claims = self.settings["verify_claims"]
        (claim,) = [name for name, wanted in claims.items() if wanted == USERNAME]
        rules = TokenRules(issuer=claims["iss"], audience=claims["aud"], username_claim=claim)
        return judge(token, key_set(self.keys) if self.keys else (), rules, now=now, username=username).taken

    def _in_erlang(self, logins: Sequence[tuple[str, str]], now: int) -> list[str]:
        keys, questions = self.folder / "keys.json", self.folder / "tokens.eterm"
        if self.keys:
            keys.write_text(self.keys, encoding="utf-8")
        questions.write_text("".join(self._question(*login) for login in logins), encoding="utf-8")
        said = _erl(f'jwt_verdicts:judge("{keys if self.keys else "none"}", "{questions}", {now}), halt().').split()
        assert len(said) == len(logins)
        assert set(said) <= {"ok", "ignore", "refused"}
        return said

    def _question(self, username: str, token: str) -> str:
        wanted = {name: value.replace(USERNAME, username) for name, value in self.settings["verify_claims"].items()}
        claims = ", ".join(f'{{<<"{name}">>, <<"{value}">>}}' for name, value in wanted.items())
        return f'{{<<"{token}">>, [{claims}]}}.\n'


def _erl(call: str) -> str:
    command = [program("erl"), "-noshell", "-pa", str(compiled(_MODULE)), "-eval", call]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
