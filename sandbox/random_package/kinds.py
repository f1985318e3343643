"""The resources of pulumi-random, as the schema of 4.21.4 declares them (hashicorp/terraform-provider-random)."""

from __future__ import annotations

import base64
import secrets
import string
import uuid
from collections.abc import Mapping
from typing import Any, Final

import bcrypt

from sandbox import clock
from sandbox.generated import Kind, Outputs
from sandbox.protocol.package import Failure, Values
from sandbox.random_package.words import ADJECTIVES, ADVERBS, ANIMALS

_RANDOM: Final = secrets.SystemRandom()
# The provider's own set; without the characters that shells and URLs take for themselves.
_SPECIAL: Final = "!@#$%&*()-_=+[]{}<>:?"
_BCRYPT_BYTES: Final = 72
_CLASSES: Final = (
    ("lower", "minLower", string.ascii_lowercase),
    ("upper", "minUpper", string.ascii_uppercase),
    ("numeric", "minNumeric", string.digits),
    ("special", "minSpecial", _SPECIAL),
)


def _alphabets(inputs: Values) -> dict[str, str]:
    special = inputs.get("overrideSpecial") or _SPECIAL
    return {
        minimum: special if name == "special" else letters
        for name, minimum, letters in _CLASSES
        if inputs.get(name, True)
    }


def _judge_string(inputs: Values) -> list[Failure]:
    length = inputs.get("length")
    if not isinstance(length, int) or length < 1:
        return [Failure("length", f"length must be at least 1, got: {length}")]
    least = sum(int(inputs.get(minimum, 0)) for _, minimum, _ in _CLASSES)
    if least > length:
        return [Failure("length", f"length must be at least {least} (the sum of the minimums), got: {length}")]
    if not _alphabets(inputs):
        return [Failure("lower", "at least one of lower, upper, numeric and special must be true")]
    return []


def _text(inputs: Values) -> str:
    alphabets = _alphabets(inputs)
    chosen = [
        secrets.choice(alphabets.get(minimum, letters))
        for _, minimum, letters in _CLASSES
        for _ in range(int(inputs.get(minimum, 0)))
    ]
    everything = "".join(alphabets.values())
    chosen += [secrets.choice(everything) for _ in range(inputs["length"] - len(chosen))]
    _RANDOM.shuffle(chosen)
    return "".join(chosen)


def _password(inputs: Values) -> Outputs:
    result = _text(inputs)
    hashed = bcrypt.hashpw(result.encode()[:_BCRYPT_BYTES], bcrypt.gensalt()).decode()
    return "none", {"result": result, "bcryptHash": hashed}


def _string(inputs: Values) -> Outputs:
    result = _text(inputs)
    return result, {"result": result}


def _id(inputs: Values) -> Outputs:
    drawn, prefix = secrets.token_bytes(inputs["byteLength"]), inputs.get("prefix", "")
    url = base64.urlsafe_b64encode(drawn).decode().rstrip("=")
    forms = {
        "b64Std": base64.b64encode(drawn).decode(),
        "b64Url": url,
        "dec": str(int.from_bytes(drawn, "big")),
        "hex": drawn.hex(),
    }
    return url, {key: prefix + text for key, text in forms.items()}


def _uuid4(_: Values) -> Outputs:
    result = str(uuid.uuid4())
    return result, {"result": result}


def _uuid7(_: Values) -> Outputs:
    # RFC 9562: 48 bits of milliseconds, version 7, variant 10; the rest is random.
    drawn = bytearray(int(clock.now().timestamp() * 1000).to_bytes(6, "big") + secrets.token_bytes(10))
    drawn[6] = 0x70 | drawn[6] & 0x0F
    drawn[8] = 0x80 | drawn[8] & 0x3F
    result = str(uuid.UUID(bytes=bytes(drawn)))
    return result, {"result": result}


def _integer(inputs: Values) -> Outputs:
    low, high = inputs["min"], inputs["max"]
    # A seed makes the draw repeatable, as the provider promises; it is not for secrets.
    result = (_seeded(inputs) or _RANDOM).randint(low, high)
    return str(result), {"result": result}


def _seeded(inputs: Values) -> Any:
    from random import Random  # noqa: PLC0415 - only for seeded, repeatable draws

    return Random(inputs["seed"]) if inputs.get("seed") else None  # noqa: S311


def _pet(inputs: Values) -> Outputs:
    length, separator = int(inputs["length"]), inputs["separator"]
    adverbs = [secrets.choice(ADVERBS) for _ in range(max(0, length - 2))]
    words = [*adverbs, *([secrets.choice(ADJECTIVES)] if length > 1 else []), secrets.choice(ANIMALS)]
    name = separator.join([*([inputs["prefix"]] if inputs.get("prefix") else []), *words])
    return name, {}


def _shuffle(inputs: Values) -> Outputs:
    items = list(inputs["inputs"])
    draw = _seeded(inputs) or _RANDOM
    wanted = int(inputs.get("resultCount") or len(items))
    results: list[Any] = []
    while items and len(results) < wanted:
        results += draw.sample(items, len(items))
    return "-", {"results": results[:wanted]}


def _bytes(inputs: Values) -> Outputs:
    drawn = secrets.token_bytes(inputs["length"])
    text = base64.b64encode(drawn).decode()
    return text, {"base64": text, "hex": drawn.hex()}


def _at_least_one(name: str) -> Any:
    def judge(inputs: Values) -> list[Failure]:
        value = inputs.get(name)
        if isinstance(value, int) and value >= 1:
            return []
        return [Failure(name, f"{name} must be at least 1, got: {value}")]

    return judge


def _judge_integer(inputs: Values) -> list[Failure]:
    low, high = inputs.get("min"), inputs.get("max")
    if not isinstance(low, int) or not isinstance(high, int):
        return [Failure("min", "min and max are required")]
    return [Failure("min", f"min must be smaller than or equal to max, got: {low} and {high}")] if low > high else []


_STRING_DEFAULTS: Final = {
    **{name: True for name, _, _ in _CLASSES},
    **{minimum: 0 for _, minimum, _ in _CLASSES},
}

KINDS: Final[Mapping[str, Kind]] = {
    "random:index/randomBytes:RandomBytes": Kind(
        _bytes, ("base64", "hex"), frozenset({"base64", "hex"}), judge=_at_least_one("length")
    ),
    "random:index/randomId:RandomId": Kind(_id, ("b64Std", "b64Url", "dec", "hex"), judge=_at_least_one("byteLength")),
    "random:index/randomInteger:RandomInteger": Kind(_integer, ("result",), judge=_judge_integer),
    "random:index/randomPassword:RandomPassword": Kind(
        _password,
        ("bcryptHash", "result"),
        frozenset({"bcryptHash", "result"}),
        _STRING_DEFAULTS,
        judge=_judge_string,
    ),
    "random:index/randomPet:RandomPet": Kind(
        _pet, (), defaults={"length": 2, "separator": "-"}, judge=_at_least_one("length")
    ),
    "random:index/randomShuffle:RandomShuffle": Kind(_shuffle, ("results",)),
    "random:index/randomString:RandomString": Kind(
        _string, ("result",), defaults=_STRING_DEFAULTS, judge=_judge_string
    ),
    "random:index/randomUuid4:RandomUuid4": Kind(_uuid4, ("result",)),
    "random:index/randomUuid7:RandomUuid7": Kind(_uuid7, ("result",)),
    "random:index/randomUuid:RandomUuid": Kind(_uuid4, ("result",)),
}
"""Kinds by token."""
