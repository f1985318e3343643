"""Every Prometheus alert on series, evaluated by a real Prometheus: what fires it, and what must not."""

import subprocess
from dataclasses import replace

import pytest
import yaml

from alerts.figures import FEATURES, figures
from alerts.prometheus_files import rule_file
from alerts.resolved import rules
from settings import from_stack_file
from tests.recorded_program import ROOT
from tests.servers.programs import program

RULES = rules(
    replace(figures(from_stack_file(ROOT / "Pulumi.prod.yaml")), features=frozenset(FEATURES)),
)
DAY = 86_400


def nodes(metric, *values):
    """A series a node."""
    return {f'{metric}{{job="emqx",node="emqx-{at}",endpoint="stats"}}': value for at, value in enumerate(values, 1)}


def probe(received, sent="0+100", *, fast=None, path="mqtt", length=400):
    """What a probe on one path counts: growth a minute of what it sent, got back, and got back in time."""
    fast = fast or received
    return {
        f'amora_probe_sent_total{{path="{path}"}}': f"{sent}x{length}",
        f'amora_probe_received_total{{path="{path}"}}': f"{received}x{length}",
        f'amora_probe_round_trip_seconds_bucket{{path="{path}",le="0.1"}}': f"{fast}x{length}",
        f'amora_probe_round_trip_seconds_bucket{{path="{path}",le="1"}}': f"{received}x{length}",
        f'amora_probe_round_trip_seconds_bucket{{path="{path}",le="+Inf"}}': f"{received}x{length}",
        f'amora_probe_round_trip_seconds_count{{path="{path}"}}': f"{received}x{length}",
    }


def logins(refused, accepted):
    return nodes("emqx_authentication_failure", refused) | nodes("emqx_authentication_success", accepted)


HOUR, QUARTER_DAY, DAYS = "1h", "6h30m", "3d2h"
GOOD = probe("0+100")

# alert -> (series that fire it, series that do not, when both are looked at)
CASES = {
    "broker-metrics-missing": (
        nodes("up", "1x30", "1x30", "1x10 0x20"),
        nodes("up", "1x30", "1x30", "1x10 0x1 1x20"),
        "20m",
    ),
    "cluster-too-small": (
        nodes("emqx_cluster_nodes_running", "2x30", "2x30"),
        nodes("emqx_cluster_nodes_running", "3x30", "3x30", "3x30"),
        "10m",
    ),
    "cluster-split": (
        nodes("emqx_cluster_nodes_running", "2x30", "2x30", "1x30"),
        nodes("emqx_cluster_nodes_running", "3x30", "3x30", "3x10 2 3x20"),
        "12m",
    ),
    "cluster-node-stopped": (
        nodes("emqx_cluster_nodes_stopped", "1x60"),
        nodes("emqx_cluster_nodes_stopped", "1x20 0x40"),
        "45m",
    ),
    "cluster-configuration-apart": (
        nodes("emqx_conf_sync_txid", "7x60", "6x60"),
        nodes("emqx_conf_sync_txid", "7x60", "6x5 7x55"),
        "20m",
    ),
    "broker-cpu-high": (nodes("emqx_vm_cpu_use", "91x30"), nodes("emqx_vm_cpu_use", "91x5 60x25"), "20m"),
    "broker-memory-high": (
        nodes("emqx_vm_used_memory", "3600x30") | nodes("emqx_vm_total_memory", "4096x30"),
        nodes("emqx_vm_used_memory", "2600x30") | nodes("emqx_vm_total_memory", "4096x30"),
        "20m",
    ),
    "broker-run-queue-long": (nodes("emqx_vm_run_queue", "9x30"), nodes("emqx_vm_run_queue", "4x30"), "20m"),
    "broker-mailbox-long": (
        nodes("emqx_vm_mnesia_tm_mailbox_size", "0x30") | nodes("emqx_vm_broker_pool_max_mailbox_size", "900x30"),
        nodes("emqx_vm_mnesia_tm_mailbox_size", "500x30") | nodes("emqx_vm_broker_pool_max_mailbox_size", "0x30"),
        "20m",
    ),
    "connections-high": (
        nodes("emqx_live_connections_count", "2000x30", "2000x30", "1900x30"),
        nodes("emqx_live_connections_count", "1700x30", "1700x30", "1700x30"),
        "20m",
    ),
    "connections-lost": (
        nodes("emqx_live_connections_count", "2000x10 500x20", "2000x30"),
        nodes("emqx_live_connections_count", "20x10 1x20", "20x30"),
        "13m",
    ),
    "messages-dropped": (
        nodes("emqx_messages_dropped", "0+30x40")
        | nodes("emqx_messages_dropped_no_subscribers", "0+10x40")
        | nodes("emqx_messages_received", "0+6000x40"),
        nodes("emqx_messages_dropped", "0+900x40")
        | nodes("emqx_messages_dropped_no_subscribers", "0+900x40")
        | nodes("emqx_messages_received", "0+6000x40"),
        "30m",
    ),
    "queues-overflowing": (
        nodes("emqx_delivery_dropped_queue_full", "0+12x40") | nodes("emqx_delivery_dropped_expired", "0x40"),
        nodes("emqx_delivery_dropped_queue_full", "0x40") | nodes("emqx_delivery_dropped_expired", "0+2x40"),
        "30m",
    ),
    "authentication-failing": (logins("0+10x40", "0+90x40"), logins("0+10x40", "0+900x40"), "35m"),
    "authentication-broken": (logins("0+50x40", "0+50x40"), logins("0+1x40", "0+1x40"), "20m"),
    "authorization-denied": (
        nodes("emqx_authorization_deny", "0+1x600 600+100x60"),
        nodes("emqx_authorization_deny", "0+100x660"),
        "10h40m",
    ),
    "broker-backend-unreachable": (
        {
            'emqx_authn_status{job="emqx",node="emqx-1",id="jwt"}': "1x30",
            'emqx_authz_status{job="emqx",node="emqx-1",type="postgresql"}': "1x10 0x20",
        },
        {
            'emqx_authn_status{job="emqx",node="emqx-1",id="jwt"}': "1x30",
            'emqx_authz_status{job="emqx",node="emqx-1",type="postgresql"}': "1x10 0 1x19",
        },
        "20m",
    ),
    "edge-metrics-missing": (
        {'up{job="haproxy",replica="a"}': "1x30", 'up{job="haproxy",replica="b"}': "1x30"},
        {f'up{{job="haproxy",replica="{name}"}}': "1x30" for name in "abc"},
        "25m",
    ),
    "edge-sees-too-few-nodes": (
        {
            'haproxy_backend_active_servers{proxy="mqtt",replica="a"}': "3x30",
            'haproxy_backend_active_servers{proxy="mqtt",replica="b"}': "2x30",
        },
        {
            'haproxy_backend_active_servers{proxy="mqtt",replica="a"}': "3x30",
            'haproxy_backend_active_servers{proxy="websocket",replica="a"}': "2x30",
        },
        "20m",
    ),
    "edge-connections-high": (
        {
            'haproxy_process_current_connections{replica="a"}': "900x30",
            'haproxy_process_max_connections{replica="a"}': "1000x30",
        },
        {
            'haproxy_process_current_connections{replica="a"}': "700x30",
            'haproxy_process_max_connections{replica="a"}': "1000x30",
        },
        "20m",
    ),
    "edge-connections-failing": (
        {'haproxy_server_connection_errors_total{proxy="mqtt",server="emqx-1"}': "0+10x40"},
        {'haproxy_server_connection_errors_total{proxy="mqtt",server="emqx-1"}': "0+1x40"},
        "30m",
    ),
    "probe-disconnected": (
        {'amora_probe_connected{endpoint="mqtt"}': "1x5 0x25", 'amora_probe_connected{endpoint="websocket"}': "1x30"},
        {
            'amora_probe_connected{endpoint="mqtt"}': "1x5 0x2 1x23",
            'amora_probe_connected{endpoint="websocket"}': "1x30",
        },
        "15m",
    ),
    "server-certificate-near-expiry": (
        {'emqx_cert_expiry_at{listener_type="ssl",listener_name="default"}': f"{20 * DAY}x30"},
        {'emqx_cert_expiry_at{listener_type="ssl",listener_name="default"}': f"{60 * DAY}x30"},
        "20m",
    ),
    "server-certificate-expiring": (
        {'emqx_cert_expiry_at{listener_type="ssl",listener_name="default"}': f"{6 * DAY}x30"},
        {'emqx_cert_expiry_at{listener_type="ssl",listener_name="default"}': f"{20 * DAY}x30"},
        "20m",
    ),
    "licence-near-expiry": (
        nodes("emqx_license_expiry_at", f"{9 * DAY}x30"),
        nodes("emqx_license_expiry_at", f"{90 * DAY}x30"),
        "20m",
    ),
    "delivery-budget-burning-fast": (probe("0+97"), GOOD, HOUR),
    "delivery-budget-burning": (probe("0+99", length=800), probe("0+100", length=800), QUARTER_DAY),
    "delivery-budget-used-up": (
        probe("0+998", "0+1000", length=4500),
        probe("0+1000", "0+1000", length=4500),
        DAYS,
    ),
    "latency-budget-burning-fast": (probe("0+100", fast="0+10"), probe("0+100", fast="0+40"), HOUR),
    "latency-budget-burning": (
        probe("0+100", fast="0+60", length=800),
        probe("0+100", fast="0+80", length=800),
        QUARTER_DAY,
    ),
    "latency-budget-used-up": (
        probe("0+100", fast="0+92", length=4500),
        probe("0+100", fast="0+97", length=4500),
        DAYS,
    ),
    "latency-high": (probe("0+100", fast="0+90"), probe("0+100", fast="0+96"), HOUR),
    "probe-silent": (probe("0+100", length=10), GOOD, HOUR),
}


def promtool(folder, *arguments):
    return subprocess.run([program("promtool"), *arguments], cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("rules")
    (made / "rules.yaml").write_text(yaml.safe_dump(rule_file(RULES), sort_keys=False), encoding="utf-8")
    return made


def evaluated(folder, alert, series, at, *, firing):
    """What promtool says of one alert at one moment; only the recording rules are evaluated beside it."""
    alone = replace(RULES, prometheus=tuple(each for each in RULES.prometheus if each.id == alert))
    rules_of_it = f"{alert}.rules.yaml"
    (folder / rules_of_it).write_text(yaml.safe_dump(rule_file(alone), sort_keys=False), encoding="utf-8")
    expected = [{"value": 1, "labels": "{}"}] if firing else []
    question = {
        "expr": f'count(max by (alertname) (ALERTS{{alertname="{alert}",alertstate="firing"}}))',
        "eval_time": at,
        "exp_samples": expected,
    }
    tests = {
        "rule_files": [rules_of_it],
        # A window of days is judged alike by one look in five minutes, and a rate over it is all that costs time here.
        "evaluation_interval": "5m" if at == DAYS else "1m",
        "tests": [
            {
                "interval": "1m",
                "input_series": [{"series": name, "values": values} for name, values in series.items()],
                "promql_expr_test": [question],
            }
        ],
    }
    name = f"{alert}-{'fires' if firing else 'quiet'}.yaml"
    (folder / name).write_text(yaml.safe_dump(tests, sort_keys=False), encoding="utf-8")
    return promtool(folder, "test", "rules", name)


def test_prometheus_takes_the_rules(folder):
    done = promtool(folder, "check", "rules", "--lint=all", "--lint-fatal", "rules.yaml")
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_alert_has_its_series():
    assert {each.id for each in RULES.prometheus} == set(CASES)


@pytest.mark.parametrize("alert", CASES)
def test_it_fires(folder, alert):
    series, _, at = CASES[alert]
    done = evaluated(folder, alert, series, at, firing=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("alert", CASES)
def test_it_stays_quiet(folder, alert):
    _, series, at = CASES[alert]
    done = evaluated(folder, alert, series, at, firing=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("seen", "firing"),
    [
        (("1x30", "1x30"), True),
        (("2x30", "2x30", "2x30", "2x30"), True),
        (("2x30", "2x30", "1x30"), True),
        (("2x30", "2x30"), False),
        (("1x30",), False),
    ],
    ids=["one and one", "two and two", "two and one", "a third is down", "one alone"],
)
def test_a_split_is_one_however_it_divides_the_nodes(folder, seen, firing):
    done = evaluated(folder, "cluster-split", nodes("emqx_cluster_nodes_running", *seen), "12m", firing=firing)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_silent_probe_is_told_within_a_quarter_of_an_hour(folder):
    done = evaluated(folder, "probe-silent", probe("0+100", length=10), "26m", firing=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_promtool_notices_an_alert_that_does_not_fire(folder):
    assert evaluated(folder, "latency-high", GOOD, HOUR, firing=True).returncode != 0


@pytest.mark.parametrize(
    ("alert", "series", "at"),
    [
        ("delivery-budget-burning-fast", probe("0+100", "0+100", length=5), HOUR),
        ("delivery-budget-burning-fast", {'amora_probe_sent_total{path="mqtt"}': "0+100x90"}, HOUR),
        ("broker-metrics-missing", {}, "20m"),
        ("edge-metrics-missing", {}, "20m"),
        ("probe-silent", {}, HOUR),
        (
            "probe-silent",
            {'amora_probe_sent_total{path="mqtt"}': "0+100x10 1000x390"} | probe("0+100", path="websocket"),
            "30m",
        ),
    ],
    ids=[
        "probe stopped",
        "nothing came back ever",
        "no node at all",
        "no replica at all",
        "no probe at all",
        "one way alone stopped",
    ],
)
def test_absence(folder, alert, series, at):
    """A probe that stopped burns no budget; what never answers does, and what is not there is told by its own alert."""
    done = evaluated(folder, alert, series, at, firing=alert != "delivery-budget-burning-fast" or len(series) == 1)
    assert done.returncode == 0, done.stdout + done.stderr
