"""Wrong values in a stack file, each with its message: where, what was found, what is allowed, the mend."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.settings.stacks import DEV, PROD, changed, problems

# (stack, path, found, part of what is allowed, part of the mend)
STRUCTURE: dict[str, tuple[Any, str, str, str, str]] = {
    "environment missing": ({**DEV, "environment": ""}, "environment", "nothing", "such as dev", "config set"),
    "environment in capitals": (changed(DEV, environment="Dev", tier="dev"), "environment", '"Dev"', "lower", "Change"),
    "tier unknown": (changed(DEV, environment="stage"), "tier", "nothing", "one of dev, prod", "amora-sync:tier"),
    "tier misspelled": (changed(DEV, tier="Prd"), "tier", '"Prd"', "one of dev, prod", "Did you mean prod?"),
    "key misspelled": (
        {**DEV, "retension": {}},
        "retension",
        "an unknown key",
        "retention",
        "Did you mean retention?",
    ),
    "key in snake case": (
        changed(DEV, retention__log_days=30),
        "retention.log_days",
        "an unknown key",
        "logDays",
        "Did you mean retention.logDays?",
    ),
    "key in the wrong group": (
        {**DEV, "logDays": 30},
        "logDays",
        "an unknown key",
        "retention",
        "Did you mean retention.logDays?",
    ),
    "key of nothing": ({**DEV, "zzz": 1}, "zzz", "an unknown key", "environment", "Remove zzz."),
    "nested key missing": (
        changed(DEV, network={}),
        "network.addressSpace",
        "nothing",
        "10.40.0.0/16",
        "amora-sync:network.addressSpace",
    ),
    "group missing": (
        {key: value for key, value in DEV.items() if key != "domain"},
        "domain.zone",
        "nothing",
        "amora.example.com",
        "config set",
    ),
    "text for a group": (changed(DEV, network="hello"), "network", '"hello"', "an object with addressSpace", "Change"),
    "text for a number": (
        changed(DEV, retention__logDays="30"),
        "retention.logDays",
        '"30"',
        "a whole number from 30 to 730",
        "without quotes",
    ),
    "number for text": (changed(DEV, domain__zone=5), "domain.zone", "5", "a domain name", "in quotes"),
    "number for a version": (changed(DEV, postgres__version=17), "postgres.version", "17", "14, 15", "in quotes"),
    "text for a switch": (
        changed(DEV, protection__locks="yes"),
        "protection.locks",
        '"yes"',
        "true or false",
        "without quotes",
    ),
    "number below": (changed(DEV, retention__logDays=7), "retention.logDays", "7", "from 30 to 730", "Change"),
    "number above": (changed(DEV, backup__postgresDays=36), "backup.postgresDays", "36", "from 7 to 35", "Change"),
    "half a day": (changed(DEV, retention__logDays=30.5), "retention.logDays", "30.5", "whole number", "Change"),
    "region misspelled": (
        changed(DEV, region__location="West Europe"),
        "region.location",
        '"West Europe"',
        "programmatic spelling",
        "Did you mean westeurope?",
    ),
    "zone of no region": (changed(DEV, region__zones=["4"]), "region.zones[0]", '"4"', '"1", "2", "3"', "Change"),
    "public addresses": (
        changed(DEV, network__addressSpace="8.8.0.0/16"),
        "network.addressSpace",
        '"8.8.0.0/16"',
        "private IPv4 network",
        "Change",
    ),
    "host bits": (
        changed(DEV, network__subnets__edge="10.41.0.1/24"),
        "network.subnets.edge",
        '"10.41.0.1/24"',
        "without host bits",
        "Change",
    ),
    "no list": (
        changed(DEV, network__subnets__core="10.41.0.0/24"),
        "network.subnets.core",
        '"10.41.0.0/24"',
        "a list of one or three",
        "Change",
    ),
    "slot out of range": (
        changed(DEV, emqx__slots={"11": {}}),
        'emqx.slots["11"]',
        '"11"',
        '"1" to "10"',
        "Change",
    ),
    "version never built": (
        changed(DEV, emqx__version="5.9.0"),
        "emqx.version",
        '"5.9.0"',
        "one of 5.8.9, 6.2.3",
        "Did you mean 5.8.9?",
    ),
    "digest cut short": (
        changed(DEV, emqx__slots={"1": {"digest": "sha256:abc"}}),
        'emqx.slots["1"].digest',
        '"sha256:abc"',
        "64 hexadecimal",
        "Change",
    ),
    "vCPU between steps": (changed(DEV, edge__cpu=0.3), "edge.cpu", "0.3", "steps of 0.25", "Change"),
    "image with a tag": (
        changed(DEV, probe__image="ghcr.io/amora-sync/probe:1.0"),
        "probe.image",
        '"ghcr.io/amora-sync/probe:1.0"',
        "without tag or digest",
        "Change",
    ),
    "metrics looked at too rarely": (
        changed(DEV, metrics__intervalSeconds=300),
        "metrics.intervalSeconds",
        "300",
        "10 to 120",
        "Change",
    ),
    "e-mail without domain": (
        changed(DEV, alerts__emails=["ops"]),
        "alerts.emails[0]",
        '"ops"',
        "ops@example.com",
        "Change",
    ),
    "apex as host": (changed(DEV, domain__mqttHost="@"), "domain.mqttHost", '"@"', "never the apex", "Change"),
    "zone with a final dot": (
        changed(DEV, domain__zone="a.example."),
        "domain.zone",
        '"a.example."',
        "final",
        "Change",
    ),
    "tag with a space": (changed(DEV, tags={"cost centre": "x"}), 'tags["cost centre"]', '"cost centre"', "tags", "C"),
    "tag that is a number": (changed(DEV, tags={"year": 2026}), "tags.year", "2026", "values of 1 to 256", "in quotes"),
    "one edge replica": (changed(DEV, edge__minReplicas=1), "edge.minReplicas", "1", "from 2 to 10", "Change"),
    "edge that is never the same": (
        changed(DEV, edge__version="3.0"),
        "edge.version",
        '"3.0"',
        "such as 3.0.28",
        "Change",
    ),
    "drain without a margin": (changed(DEV, edge__drainSeconds=600), "edge.drainSeconds", "600", "30 to 570", "Change"),
    "day for a month": (
        changed(PROD, budget__start="2026-12-01"),
        "budget.start",
        '"2026-12-01"',
        "such as 2026-12",
        "Change",
    ),
    "budget older than budgets": (changed(PROD, budget__start="2016-12"), "budget.start", '"2016-12"', "2026-12", "Ch"),
    "budget of nothing": (
        changed(PROD, budget__monthlyAmount=0),
        "budget.monthlyAmount",
        "0",
        "from 1 to 1000000",
        "Change",
    ),
    "connections of which all are taken": (
        changed(DEV, alerts__thresholds={"connectionsPercent": 100}),
        "alerts.thresholds.connectionsPercent",
        "100",
        "from 10 to 99",
        "Change",
    ),
    "hour that no day has": (
        changed(DEV, alerts={"maintenance": {"days": ["Sunday"], "start": "24:00", "end": "04:00"}}),
        "alerts.maintenance.start",
        '"24:00"',
        "02:00",
        "Change",
    ),
    "runbooks with a final slash": (
        changed(DEV, alerts__runbooks="https://docs.example.com/runbooks/"),
        "alerts.runbooks",
        '"https://docs.example.com/runbooks/"',
        "final slash",
        "Change",
    ),
    "plan Azure does not have": (
        changed(DEV, retention__consoleLogPlan="auxiliary"),
        "retention.consoleLogPlan",
        '"auxiliary"',
        "analytics, basic",
        "Change",
    ),
    "licence in plain text": (
        changed(DEV, emqx__licence="key-text"),
        "emqx.licence",
        "plain text",
        "--secret",
        "Take it as leaked",
    ),
}


@pytest.mark.parametrize("stack", [DEV, PROD], ids=["dev", "prod"])
def test_the_smallest_stacks_have_no_problem(stack):
    assert problems(stack) == []


@pytest.mark.parametrize(("values", "path", "found", "allowed", "mend"), STRUCTURE.values(), ids=STRUCTURE)
def test_one_wrong_value_is_the_one_problem(values, path, found, allowed, mend):
    (problem,) = problems(values)
    assert (problem.path, problem.found) == (path, found)
    assert allowed in problem.allowed
    assert mend in problem.mend
