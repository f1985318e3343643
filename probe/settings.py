"""What the probe is told, by environment variables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from topics.identity import checked_device_id

_PORTS: Final = range(1, 65536)


class SettingsError(ValueError):
    """The probe cannot run so; each line of the text names a variable, what was found and what is allowed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Endpoint:
    """A public endpoint. tls: whether it is spoken to over TLS; the loopback of a test may do without."""

    host: str
    port: int
    tls: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """All of it.

    device_id: id of the probe's device. mqtt: where devices connect. certificate: PEM file with the device's
    certificate chain and its key. trust: PEM text of the authorities that vouch for the MQTT host. web_socket: where
    apps connect, path: of the upgrade. token_url: where the app's tokens come from, client_id, client_secret: its
    credentials, scope: what it asks for. username_claim: claim of the token that is the app's username.
    interval_seconds: between two rounds. timeout_seconds: after which a message counts as lost; below the interval, so
    that a round is over before the next. latency_seconds: the goal for a round trip, a bound of the histogram.
    metrics_port: where the metrics are read.
    """

    device_id: str
    mqtt: Endpoint
    certificate: Path
    trust: str
    web_socket: Endpoint
    path: str
    token_url: str
    client_id: str
    client_secret: str
    scope: str
    username_claim: str
    interval_seconds: float
    timeout_seconds: float
    latency_seconds: float
    metrics_port: int


def read(environment: Mapping[str, str]) -> Settings:
    """The settings.

    Raises:
        SettingsError: some of them are missing or wrong; the text names every one, and shows no secret.
    """
    reader = _Reader(environment)
    settings = Settings(
        device_id=reader.take("PROBE_DEVICE_ID", checked_device_id, "a device's id"),
        mqtt=reader.take("PROBE_MQTT", _address, "host:port"),
        certificate=reader.take("PROBE_CERTIFICATE_FILE", _file, "a file that exists"),
        trust=reader.take("PROBE_TRUST", _pem, "certificates in PEM"),
        web_socket=reader.take("PROBE_WEB_SOCKET", lambda text: _web_socket(text)[0], _WEB_SOCKET),
        path=reader.take("PROBE_WEB_SOCKET", lambda text: _web_socket(text)[1], _WEB_SOCKET),
        token_url=reader.take("PROBE_TOKEN_URL", _url, "an address of https, or of http on the loopback"),
        client_id=reader.take("PROBE_CLIENT_ID", _text, "the app's client id"),
        client_secret=reader.take("PROBE_CLIENT_SECRET", _text, "the app's secret", secret=True),
        scope=reader.take("PROBE_SCOPE", _text, "a scope"),
        username_claim=reader.take("PROBE_USERNAME_CLAIM", _one_of("oid", "sub"), "oid or sub"),
        interval_seconds=reader.take("PROBE_INTERVAL_SECONDS", _positive, "a number above 0"),
        timeout_seconds=reader.take("PROBE_TIMEOUT_SECONDS", _positive, "a number above 0, at most the interval"),
        latency_seconds=reader.take("PROBE_LATENCY_SECONDS", _positive, "a number above 0"),
        metrics_port=reader.take("PROBE_METRICS_PORT", _port, "a port"),
    )
    reader.close()
    if settings.timeout_seconds > settings.interval_seconds:
        raise SettingsError(
            f"PROBE_TIMEOUT_SECONDS: found {settings.timeout_seconds:g}; "
            f"allowed: at most PROBE_INTERVAL_SECONDS, {settings.interval_seconds:g}"
        )
    return settings


class _Reader:
    """Takes one variable after the other and keeps what is wrong."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._problems: dict[str, str] = {}

    def take(self, name: str, parse: Callable[[str], Any], allowed: str, *, secret: bool = False) -> Any:
        text = self._environment.get(name)
        if not text:
            self._problems[name] = f"{name}: missing; allowed: {allowed}"
            return None
        try:
            return parse(text)
        except ValueError:
            found = "a value (not shown)" if secret else repr(text)
            self._problems[name] = f"{name}: found {found}; allowed: {allowed}"
            return None

    def close(self) -> None:
        if self._problems:
            raise SettingsError("\n".join(self._problems.values()))


_WEB_SOCKET: Final = "wss://host[:port]/path, or ws:// on the loopback"
_LOOPBACK: Final = ("127.0.0.1", "localhost")


def _text(text: str) -> str:
    if not text.isprintable():
        raise ValueError
    return text


def _one_of(*allowed: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in allowed:
            raise ValueError
        return text

    return parse


def _positive(text: str) -> float:
    number = float(text)
    if not 0 < number < float("inf"):
        raise ValueError
    return number


def _port(text: str) -> int:
    port = int(text)
    if port not in _PORTS:
        raise ValueError
    return port


def _address(text: str) -> Endpoint:
    host, _, port = text.rpartition(":")
    if not host:
        raise ValueError
    return Endpoint(host=host, port=_port(port))


def _file(text: str) -> Path:
    path = Path(text)
    if not path.is_file():
        raise ValueError
    return path


def _pem(text: str) -> str:
    if "-----BEGIN CERTIFICATE-----" not in text:
        raise ValueError
    return text


def _web_socket(text: str) -> tuple[Endpoint, str]:
    parts = urlsplit(text)
    tls = parts.scheme == "wss"
    if not parts.hostname or not parts.path or not (tls or (parts.scheme == "ws" and parts.hostname in _LOOPBACK)):
        raise ValueError
    return Endpoint(host=parts.hostname, port=parts.port or (443 if tls else 80), tls=tls), parts.path


def _url(text: str) -> str:
    parts = urlsplit(text)
    if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)):
        raise ValueError
    return text
