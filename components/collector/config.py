"""``prometheus.yml`` of a collector: the figures behind it, and its rendering."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

TEMPLATE: Final = "prometheus.yml.j2"

REPLICA_VARIABLE: Final = "CONTAINER_APP_REPLICA_NAME"
"""Set by Container Apps in every replica (learn.microsoft.com, Manage environment variables on Container Apps)."""

SHORTEST_INTERVAL: Final = 10
LONGEST_INTERVAL: Final = 120
"""Seconds between two scrapes. Prometheus takes a series for gone after five minutes without a sample."""

_TIMEOUT: Final = 10

_NAME: Final = r"[a-z][a-z0-9-]*"
_LABEL: Final = r"[a-z_][a-z0-9_]*"
_VALUE: Final = r"[A-Za-z0-9][A-Za-z0-9._-]*"
_METRIC: Final = r"[a-z_][a-z0-9_]*"
_ADDRESS: Final = r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?:[0-9]{1,5}"
_PATH: Final = r"/[A-Za-z0-9/._-]*"
_URL: Final = r"https?://[A-Za-z0-9.:-]+/[A-Za-z0-9/._?=&-]*"
_GUID: Final = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"


class IllegalCollectorError(ValueError):
    """The collector cannot be configured so; the text names the argument, what was found and what is allowed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Login:
    """HTTP basic authentication. password_file: path in the container, so that the file has no secret."""

    user: str
    password_file: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """What is scraped. address: host and port. labels: of every series that comes from it; ``instance`` names it."""

    address: str
    path: str
    labels: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """One scrape job.

    name: unique in the file. label: of every series, as ``job``: several jobs may be of one kind. parameters: of the
    request. keep: names of the metrics that are written; none means every one.
    """

    name: str
    label: str
    targets: tuple[Target, ...]
    parameters: Mapping[str, str] = field(default_factory=dict)
    login: Login | None = None
    keep: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class RemoteWrite:
    """Where metrics are written. client_id: of the identity that may; None writes without a token."""

    url: str
    client_id: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CollectorConfig:
    """All that ``prometheus.yml`` says.

    environment, region: labels of everything. interval_seconds: between two scrapes. replica_variable: environment
    variable whose value becomes the label ``replica``, where several replicas collect the same.
    """

    environment: str
    region: str
    interval_seconds: int
    jobs: tuple[Job, ...]
    write: RemoteWrite
    replica_variable: str | None = None


def render(config: CollectorConfig) -> str:
    """The text of ``prometheus.yml``.

    Raises:
        IllegalCollectorError: a value would not stand in the file as one word, two jobs have one name, or the interval
            is out of its range.
    """
    _check(config)
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        # YAML, no markup; every value has been checked to be one word.
        autoescape=select_autoescape(()),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(TEMPLATE).render(
        environment=config.environment,
        region=config.region,
        interval_seconds=config.interval_seconds,
        timeout_seconds=min(_TIMEOUT, config.interval_seconds),
        replica_variable=config.replica_variable,
        jobs=config.jobs,
        write=config.write,
    )


def _check(config: CollectorConfig) -> None:
    if not SHORTEST_INTERVAL <= config.interval_seconds <= LONGEST_INTERVAL:
        raise IllegalCollectorError(
            f"interval_seconds: found {config.interval_seconds}; allowed: {SHORTEST_INTERVAL} to {LONGEST_INTERVAL}"
        )
    names = [job.name for job in config.jobs]
    if len(set(names)) != len(names):
        raise IllegalCollectorError(f"jobs.name: found {', '.join(names)}; allowed: each name once")
    _word("environment", config.environment, _VALUE, "letters, digits, dot, underscore and hyphen")
    _word("region", config.region, _VALUE, "letters, digits, dot, underscore and hyphen")
    _word("write.url", config.write.url, _URL, "an address of http or https")
    if config.write.client_id is not None:
        _word("write.client_id", config.write.client_id, _GUID, "a GUID")
    for job in config.jobs:
        _check_job(job)


def _check_job(job: Job) -> None:
    _word("jobs.name", job.name, _NAME, "lower-case letters, digits and hyphens")
    _word("jobs.label", job.label, _NAME, "lower-case letters, digits and hyphens")
    if job.login is not None:
        _word("jobs.login.user", job.login.user, _VALUE, "letters, digits, dot, underscore and hyphen")
        _word("jobs.login.password_file", job.login.password_file, _PATH, "a path such as /mnt/amora/key")
    for name, value in job.parameters.items():
        _word("jobs.parameters", name, _LABEL, "lower-case letters, digits and underscore")
        _word(f"jobs.parameters.{name}", value, _VALUE, "letters, digits, dot, underscore and hyphen")
    for metric in job.keep:
        _word("jobs.keep", metric, _METRIC, "names of metrics")
    for target in job.targets:
        _word("jobs.targets.address", target.address, _ADDRESS, "a host and a port")
        _word("jobs.targets.path", target.path, _PATH, "a path such as /metrics")
        for name, value in target.labels.items():
            _word("jobs.targets.labels", name, _LABEL, "lower-case letters, digits and underscore")
            _word(f"jobs.targets.labels.{name}", value, _VALUE, "letters, digits, dot, underscore and hyphen")


def _word(name: str, found: str, pattern: str, allowed: str) -> None:
    if not re.fullmatch(pattern, found):
        raise IllegalCollectorError(f"{name}: found {found!r}; allowed: {allowed}")
