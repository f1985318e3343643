"""The configuration checker: a configuration without findings, and one mutation at a time."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tools.emqx_check import run
from tools.emqx_check.check import SCHEMA_FILE
from tools.emqx_check.reading import parse, parse_value
from tools.emqx_check.schema_check import Checker
from tools.emqx_check.variables import merge_env

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
GOOD = (HERE / "good.conf").read_text(encoding="utf-8")
ENV = (HERE / "good.env").read_text(encoding="utf-8")


def lines(conf: str, env: str | None = None, profile: str | None = None) -> list[str]:
    """The report as text."""
    return [str(f) for f in run(conf, env, profile)]


@pytest.mark.parametrize("env", [None, ENV], ids=["file", "file+env"])
@pytest.mark.parametrize("profile", [None, "hardened"])
def test_good_has_no_findings(env: str | None, profile: str | None) -> None:
    assert lines(GOOD, env, profile) == []


# (text in the sample, its replacement, the finding: "severity path" and part of the message)
MUTATIONS = {
    "unknown root": ("sysmon.vm.long", "sysmom.vm.long", "error sysmom", "did you mean sysmon"),
    "unknown field": (
        "max_mqueue_len",
        "max_mqueue_length",
        "error mqtt.max_mqueue_length",
        "did you mean max_mqueue_len",
    ),
    "unknown listener field": ("acceptors = 16", "acceptor = 16", "error listeners.ssl.default.acceptor", "acceptors"),
    "unknown listener type": (
        "listeners.wss.default",
        "listeners.mqtts.default",
        "error listeners.mqtts",
        "unknown key",
    ),
    "key of another place": (
        "  peer_cert_as_username = cn",
        "  gc_after_handshake = true",
        "error mqtt.gc_after_handshake",
        "known in: dtls_opts, listener_ssl_opts",
    ),
    "field of 6.x": (
        "from = password",
        "from = password\n    on_missing_jwt = deny",
        "error authentication.1.on_missing_jwt",
        "unknown",
    ),
    "listener name": (
        "listeners.ws.default",
        "listeners.ws.app@edge",
        "error listeners.ws.app@edge",
        "letters, digits",
    ),
    "object expected": (
        "cache { enable = true, max_size = 64, ttl = 1m }",
        "cache = true",
        "error authorization.cache",
        "an object",
    ),
    "list expected": (
        "versions = [tlsv1.3, tlsv1.2]",
        "versions = tlsv1.3",
        "error listeners.ssl.default.ssl_options.versions",
        "expected a list",
    ),
    "boolean": (
        "gc_after_handshake = true",
        "gc_after_handshake = yes",
        "error listeners.ssl.default.ssl_options.gc_after_handshake",
        "true or false",
    ),
    "integer": ("acceptors = 16", "acceptors = many", "error listeners.ssl.default.acceptors", "an integer"),
    "integer range, low": ("acceptors = 16", "acceptors = 0", "error listeners.ssl.default.acceptors", "1.."),
    "integer range, high": ("max_qos_allowed = 1", "max_qos_allowed = 3", "error mqtt.max_qos_allowed", "0..2"),
    "integer or word": (
        "max_connections = infinity",
        "max_connections = unlimited",
        "error listeners.ws.default.max_connections",
        "infinity or an integer",
    ),
    "string from boolean": (
        'database = "mqtt"\n    username = "emqx"',
        'database = true\n    username = "emqx"',
        "error authentication.2.database",
        "double quotes",
    ),
    "enum": (
        "deny_action = disconnect",
        "deny_action = disconect",
        "error authorization.deny_action",
        "did you mean disconnect",
    ),
    "enum, log level": ("level = warning", "level = warn", "error log.console.level", "warning"),
    "enum, peer certificate": (
        "peer_cert_as_username = cn",
        "peer_cert_as_username = san",
        "error mqtt.peer_cert_as_username",
        "cn",
    ),
    "enum, verify": (
        "    verify = verify_peer\n    fail",
        "    verify = peer\n    fail",
        "error listeners.ssl.default.ssl_options.verify",
        "verify_peer",
    ),
    "enum, discovery": (
        "discovery_strategy = static",
        "discovery_strategy = consul",
        "error cluster.discovery_strategy",
        "static",
    ),
    "TLS version": ("[tlsv1.3, tlsv1.2]", "[tls1.3]", "error listeners.ssl.default.ssl_options.versions.1", "tlsv1.3"),
    "TLS version gap": (
        "[tlsv1.3, tlsv1.2]",
        "[tlsv1.3, tlsv1.1]",
        "error listeners.ssl.default.ssl_options.versions",
        "gap",
    ),
    "duration unit": (
        "session_expiry_interval = 2h",
        'session_expiry_interval = "2 hours"',
        "error mqtt.session_expiry_interval",
        "duration",
    ),
    "duration or word": (
        "long_schedule = 240ms",
        "long_schedule = off",
        "error sysmon.vm.long_schedule",
        "disabled or a duration",
    ),
    "bytesize unit": ("max_packet_size = 1MB", 'max_packet_size = "1MiB"', "error mqtt.max_packet_size", "size"),
    "percent": (
        "cpu_high_watermark = 80%",
        "cpu_high_watermark = 80",
        "error sysmon.os.cpu_high_watermark",
        "percentage",
    ),
    "percent over 100": (
        "cpu_high_watermark = 80%",
        "cpu_high_watermark = 180%",
        "error sysmon.os.cpu_high_watermark",
        "percentage",
    ),
    "rate": ('"200/s"', '"200 per s"', "error listeners.ssl.default.max_conn_rate", "rate"),
    "bind address": ('"0.0.0.0:18831"', '"localhost:18831"', "error listeners.ssl.default.bind", "address and port"),
    "bind port": ('"0.0.0.0:18831"', '"0.0.0.0:118831"', "error listeners.ssl.default.bind", "address and port"),
    "keepalive": ('"60,15,4"', '"60s"', "error listeners.ssl.default.tcp_options.keepalive", "idle,interval,probes"),
    "server": ("pg.example.com:5432", "pg.example.com:postgres", "error authentication.2.server", "host:port"),
    "URL": ("https://login", "login", "error authentication.1.endpoint", "URL"),
    "authenticator without mechanism": ("    mechanism = jwt\n", "", "error authentication.1", "mechanism is not set"),
    "unknown mechanism": (
        "mechanism = jwt",
        "mechanism = oauth",
        "error authentication.1",
        "known: jwt, password_based, scram",
    ),
    "unknown backend": (
        "backend = postgresql",
        "backend = postgres",
        "error authentication.2",
        "did you mean postgresql",
    ),
    "backend of the enterprise edition": (
        "backend = postgresql",
        "backend = ldap",
        "error authentication.2",
        "backend = ldap",
    ),
    "field of another authenticator": ("acl_claim_name", "cmd", "error authentication.1.cmd", "unknown key"),
    "hash algorithm": (
        "name = bcrypt",
        "name = argon2",
        "error authentication.2.password_hash_algorithm",
        "known: bcrypt, md5, pbkdf2",
    ),
    "required, authenticator": (
        '    database = "mqtt"\n    username = "emqx"\n    password = "file',
        '    username = "emqx"\n    password = "file',
        "error authentication.2.database",
        "required",
    ),
    "required, key set": (
        '    endpoint = "https://login.example.com/discovery/v2.0/keys"\n',
        "",
        "error authentication.1.endpoint",
        "required",
    ),
    "required, node": ('  data_dir = "data"\n', "", "error node.data_dir", "required"),
    "unknown source type": (
        "type = postgresql",
        "type = pgsql",
        "error authorization.sources.2",
        "did you mean postgresql",
    ),
    "source without path": (', path = "etc/acl.conf"', "", "error authorization.sources.1.path", "required"),
    "peer certificate not verified": (
        "    verify = verify_peer\n    fail",
        "    fail",
        "error listeners.ssl.default.ssl_options.fail_if_no_peer_cert",
        "verify_peer",
    ),
    "revocation without verification": (
        "    verify = verify_peer\n    fail_if_no_peer_cert = true\n",
        "",
        "error listeners.ssl.default.ssl_options.enable_crl_check",
        "verify_peer",
    ),
    "certificate optional": (
        "    fail_if_no_peer_cert = true\n",
        "",
        "warning listeners.ssl.default.ssl_options.verify",
        "without a certificate",
    ),
    "stapling incomplete": (
        "    gc_after",
        "    ocsp.enable_ocsp_stapling = true\n    gc_after",
        "error listeners.ssl.default.ssl_options.ocsp.issuer_pem",
        "required",
    ),
    "node name without host": ('"emqx1@10.20.0.4"\n', "emqx1\n", "error node.name", "name@host"),
    "node name without dot": ('"emqx1@10.20.0.4"\n', "emqx1@core\n", "error node.name", "dot"),
    "seed without name": ('"emqx2@10.20.0.4"', '"10.20.0.4:4372"', "error cluster.static.seeds", "name@host"),
    "no seeds": ("  static.seeds = [", "  etcd.server = [", "error cluster.static.seeds", "empty"),
    "secret in plain text": (
        "file:///mnt/secrets/pg-password",
        "s3cret",
        "warning authentication.2.password",
        "plain text",
    ),
    "cookie in plain text": ("${EMQX_COOKIE}", "s3cret", "warning node.cookie", "plain text"),
    "cookie from a file": ("${EMQX_COOKIE}", "file:///mnt/cookie", "error node.cookie", "does not follow file://"),
    "dashboard password from a file": (
        "${DASHBOARD_PASSWORD}",
        "file:///mnt/pw",
        "error dashboard.default_password",
        "does not follow",
    ),
    "hidden root": ("rpc.port", "crl_cache.capacity = 100\nrpc.port", "warning crl_cache", "hidden"),
    "hidden listener chain": (
        "enable_authn = false",
        "enable_authn = true\n  authentication = []",
        "warning listeners.ssl.default.authentication",
        "hidden",
    ),
    "deprecated": (
        'listeners.http.bind = "0',
        'listeners.http.enable = true\n  listeners.http.bind = "0',
        "warning dashboard.listeners.http.enable",
        "deprecated",
    ),
    "old name": (
        "max_mailbox_size",
        "max_message_queue_len",
        "warning force_shutdown.max_message_queue_len",
        "old name of max_mailbox_size",
    ),
    "removed": ("rpc.port", "opentelemetry.exporter.endpoint = x\nrpc.port", "error opentelemetry", "since 5.8.3"),
    "unquoted path": ('"/mnt/tls/server.pem"', "/mnt/tls/server.pem", "error (syntax)", "double quotes"),
    "unquoted address": ('"0.0.0.0:18831"', "0.0.0.0:18831", "error (syntax)", "quote values"),
    "unquoted space": ("refresh_interval = 300", "refresh_interval = 300 s", "error (syntax)", "a key expected"),
    "comma missing": ('"emqx2@10.20.0.4", ', '"emqx2@10.20.0.4"\n', "warning (syntax)", "a comma is missing"),
    "open brace": (
        "log.console { enable = true, level = warning, formatter = json }",
        "log.console { enable = true",
        "error (syntax)",
        "line",
    ),
    "include": ("rpc.port", 'include "more.conf"\nrpc.port', "warning (syntax)", "include"),
}


@pytest.mark.parametrize(("old", "new", "finding", "message"), MUTATIONS.values(), ids=MUTATIONS.keys())
def test_mutation_is_found(old: str, new: str, finding: str, message: str) -> None:
    assert old in GOOD
    report = lines(GOOD.replace(old, new))
    hits = [line for line in report if line.startswith(f"{finding}: ")]
    assert hits, report
    assert message in hits[0], report


ENV_MUTATIONS = {
    "unknown root": (
        "EMQX_LISTENER__SSL__DEFAULT__BIND=1",
        "error EMQX_LISTENER__SSL__DEFAULT__BIND",
        "did you mean listeners",
    ),
    "single underscores": ("EMQX_NODE_COOKIE=x", "error EMQX_NODE_COOKIE", "EMQX_NODE__"),
    "not a path": ("EMQX_OPERATOR=x", "warning EMQX_OPERATOR", "ignores"),
    "unknown field": ("EMQX_MQTT__MAX_QOS=1", "error mqtt.max_qos", "max_qos_allowed"),
    "type": ("EMQX_MQTT__SERVER_KEEPALIVE=1m", "error mqtt.server_keepalive", "disabled"),
    "index too high": ("EMQX_AUTHENTICATION__4__ENABLE=true", "error EMQX_AUTHENTICATION__4__ENABLE", "index 4"),
    "index zero": ("EMQX_AUTHENTICATION__0__ENABLE=true", "error EMQX_AUTHENTICATION__0__ENABLE", "index 0"),
    "new element incomplete": ("EMQX_AUTHENTICATION__3__ENABLE=true", "error authentication.3", "mechanism is not set"),
    "object replaces": ("EMQX_AUTHORIZATION__CACHE={max_sise=1}", "error authorization.cache.max_sise", "max_size"),
    "broken list stays text": ("EMQX_AUTHENTICATION=[{mechanism=jwt]", "error authentication", "expected a list"),
    "comment mark": (
        "EMQX_DASHBOARD__DEFAULT_PASSWORD=pa#ss",
        "error EMQX_DASHBOARD__DEFAULT_PASSWORD",
        "double quotes",
    ),
    "not a line": ("EMQX_NODE__NAME", "error (syntax)", "line 1"),
}


@pytest.mark.parametrize(("env", "finding", "message"), ENV_MUTATIONS.values(), ids=ENV_MUTATIONS.keys())
def test_environment_mutation_is_found(env: str, finding: str, message: str) -> None:
    report = lines(GOOD, env)
    hits = [line for line in report if line.startswith(f"{finding}: ")]
    assert hits, report
    assert message in hits[0], report


HARDENED = {
    "listener port only": ('"0.0.0.0:18831"', "18831", "error listeners.ssl.default.bind"),
    "listener left at its default": ("listeners.tcp.default.enable = false", "", "error listeners.tcp.default.bind"),
    "dashboard port only": ('"0.0.0.0:18083"', "18083", "error dashboard.listeners.http.bind"),
    "no authenticator": ("authentication = [", "rewrite = []\nx = [", "error listeners.ws.default"),
    "key set without TLS": (
        "ssl {\n      enable = true",
        "ssl {\n      enable = false",
        "error authentication.1.ssl.enable",
    ),
    "key set not verified": ("      verify = verify_peer\n", "", "error authentication.1.ssl.verify"),
    "key set over http": ("https://login", "http://login", "error authentication.1.endpoint"),
    "default cookie": ("${EMQX_COOKIE}", "emqxsecretcookie", "error node.cookie"),
    "default password": ("${DASHBOARD_PASSWORD}", "public", "error dashboard.default_password"),
    "no password": ('  default_password = "${DASHBOARD_PASSWORD}"\n', "", "error dashboard.default_password"),
    "open metrics": ("prometheus.enable_basic_auth = true", "", "error prometheus.enable_basic_auth"),
    "no match allowed": ("no_match = deny", "no_match = allow", "error authorization.no_match"),
    "no match left at its default": ("  no_match = deny\n", "", "error authorization.no_match"),
}


@pytest.mark.parametrize(("old", "new", "finding"), HARDENED.values(), ids=HARDENED.keys())
def test_hardened_profile_adds_findings(old: str, new: str, finding: str) -> None:
    assert old in GOOD
    mutant = GOOD.replace(old, new)
    extra = set(lines(mutant, None, "hardened")) - set(lines(mutant))
    assert [line for line in extra if line.startswith(f"{finding}: ")], extra


def test_a_hidden_key_is_accepted_by_name_only() -> None:
    conf = GOOD + "\nzones.apps.mqtt.max_qos = 1\nbroker.perf.trie_compaction = true\n"
    assert [line.split(":")[0] for line in lines(conf)] == [
        "error zones.apps.mqtt.max_qos",
        "warning broker",
        "warning zones",
    ]
    found = [str(each) for each in run(conf, None, None, ["zones", "zones.apps.mqtt.max_qos"])]
    assert [line.split(":")[0] for line in found] == ["error zones.apps.mqtt.max_qos", "warning broker"]


def test_every_default_of_the_schema_passes() -> None:
    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    checker = Checker(schema)
    for name, fields in schema["structs"].items():
        for field, entry in fields.items():
            if "d" in entry:
                value = parse_value(entry["d"])
                found = list(checker.value(value, entry["t"], (name, field)))
                assert not [f for f in found if f.severity == "error"], (name, field, entry)


def test_every_reference_of_the_schema_resolves() -> None:
    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))

    def visit(kind: object) -> None:
        if isinstance(kind, dict):
            if "ref" in kind:
                assert kind["ref"] in schema["structs"]
            for inner in kind.values():
                visit(inner)
        elif isinstance(kind, list):
            for inner in kind:
                visit(inner)

    visit(schema["structs"])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", 5),
        ("true", True),
        ("0.0.0.0:1883", "0.0.0.0:1883"),
        ("file:///a", "file:///a"),
        ("1h30m", "1h30m"),
        ("100/s", "100/s"),
        ('"5"', "5"),
        ("[a@1.2.3.4,b]", ["a@1.2.3.4", "b"]),
        ('{"a":{"b":[1]}}', {"a": {"b": [1]}}),
        ("${x}", "${x}"),
        ("", ""),
        ("a b", "ab"),
        ("+5", 5),
        ("a:b", "a:b"),
        ("[1", "[1"),
    ],
)
def test_environment_values(text: str, value: object) -> None:
    assert parse_value(text) == value


def test_variables_replace_whole_values_and_win_in_order() -> None:
    config, paths, findings = merge_env(
        {"mqtt": {"a": {"b": 1, "c": 2}}},
        {"EMQX_MQTT__A": "{d = 3}", "EMQX_MQTT__A__E": "4", "EMQX_MQTT__L__1": "x", "EMQX_MQTT__L__2": "y"},
        ["mqtt"],
    )
    assert config == {"mqtt": {"a": {"d": 3, "e": 4}, "l": ["x", "y"]}}
    assert ("mqtt", "a") in paths
    assert not findings


def test_log_file_takes_one_handler_or_named_ones() -> None:
    assert lines("log.file { enable = true, rotation_size = 50MB }") == []
    assert lines("log.file.main { enable = true, rotation_size = 50MB }") == []
    assert lines("log.file.main { rotation_sise = 50MB }")[0].startswith("error log.file.main.rotation_sise")


def test_multi_line_strings() -> None:
    assert parse('a = """~\n    x\n      y\n  ~"""\nb = """raw\n1"""') == {"a": "x\n  y\n", "b": "raw\n1"}


def command(*arguments: object) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "tools.emqx_check", *map(str, arguments)]
    return subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)


def test_command_line(tmp_path: Path) -> None:
    good = command(HERE / "good.conf", "--env", HERE / "good.env", "--profile", "hardened")
    assert good.returncode == 0
    assert good.stdout.endswith("0 errors, 0 warnings\n")
    bad_conf = tmp_path / "bad.conf"
    bad_conf.write_text("mqtt.max_qos = 1\ncrl_cache.capacity = 100\n", encoding="utf-8")
    bad = command(bad_conf)
    assert command(bad_conf, "--accept-hidden", "crl_cache").stdout.endswith("1 errors, 0 warnings\n")
    assert bad.returncode == 1
    assert bad.stdout.splitlines()[0].startswith("error mqtt.max_qos: unknown key")
    assert bad.stdout.endswith("1 errors, 1 warnings\n")
    assert command(tmp_path / "none").returncode == 2
