"""The contract as EMQX's ``acl.conf``: Erlang terms, of which the first that fits decides.

Topics are bound to the certificate itself (``${cert_common_name}``, EMQX since 5.8.1: github.com/emqx/emqx pull request
13863), so that a listener that takes usernames from clients by mistake lets no device speak for another.

The file stands before PostgreSQL in ``authorization.sources``: devices are decided here, so that they neither load the
database nor depend on it. EMQX asks the next source only where no term fits (EMQX 5.8, emqx_authz.erl), so a closing
``{deny, all}`` would keep every app from its rows; the file ends in a denial of everyone who is no app instead, and
``no_match = deny`` is the end for apps. It has to be set in any case: EMQX 5.8 does not let ``{deny, all}`` match
topics that begin with a dollar sign (github.com/emqx/emqx issue 15771).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from topics.contract import TOPICS, Topic, grant, pattern, topic
from topics.identity import APP_CLIENT_ID_PREFIX, DEVICE_ID

_COMMON_NAME: Final = "${cert_common_name}"

_HEAD: Final = """\
%% Generated from the topic contract by `python -m topics acl`; do not edit.
%% Read by EMQX before PostgreSQL; the first term that fits decides.
"""


def acl_conf() -> str:
    """The whole file, UTF-8, ending in a newline."""
    return _HEAD + "".join(f"\n%% {why}\n{''.join(terms)}" for why, terms in _sections())


def _sections() -> Iterator[tuple[str, list[str]]]:
    yield "Nobody, whatever a row says.", ['{deny, all, all, ["$SYS/#", {eq, "#"}, {eq, "+/#"}]}.\n']
    given = grant("device")
    yield (
        "A device, the topics of its certificate. Username and client id are its common name too, in a device's form.",
        [
            *(_allow(_publish(topic(name)), name) for name in given.publishes),
            *(_allow("subscribe", name) for name in given.subscribes),
        ],
    )
    senders = ", ".join(_string(pattern("+", each.name)) for each in TOPICS if each.sender == "device")
    yield "Nobody else speaks for a device, whatever a row says.", [f"{{deny, all, publish, [{senders}]}}.\n"]
    yield (
        "The end for everyone but apps. Apps go on to their rows, and from there to no_match = deny.",
        [f'{{deny, {{clientid, {{re, {_string(f"^(?!{APP_CLIENT_ID_PREFIX})")}}}}}, all, ["#", "$SYS/#"]}}.\n'],
    )


def _allow(action: str, name: str) -> str:
    form = _string(rf"^{DEVICE_ID}\z")
    who = f"{{'and', [{{username, {{re, {form}}}}}, {{clientid, {{re, {form}}}}}]}}"
    return f"{{allow, {who}, {action}, [{_string(pattern(_COMMON_NAME, name))}]}}.\n"


def _publish(each: Topic) -> str:
    levels = ", ".join(str(level) for level in each.qos)
    return f"{{publish, [{{qos, [{levels}]}}, {{retain, {'true' if each.retained else 'false'}}}]}}"


def _string(text: str) -> str:
    """An Erlang string: backslash and double quote are escaped."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
