"""``emqx.conf`` and what goes with it: golden files, EMQX's schema in both profiles, what cannot be rendered."""

import os
import subprocess
from dataclasses import replace

import pytest
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from components.brokers.emqx.configuration import (
    LARGEST_FILE,
    Configuration,
    DatabaseLogin,
    IllegalConfigurationError,
    RedisServer,
    Tokens,
    checked_file,
    emqx_conf,
    node_name,
    seed_names,
    ssl_dist_conf,
    start_script,
)
from tools.emqx_check import run
from tools.emqx_check.reading import parse
from tools.emqx_check.values import get

TOKENS = Tokens(
    issuer="https://login.example.com/tenant/v2.0",
    audience="0f8fad5b-d9cb-469f-a165-70867728950e",
    jwks="https://login.example.com/tenant/discovery/v2.0/keys",
    username_claim="oid",
)
PROD = Configuration(
    seeds=seed_names(("10.40.0.9", "10.40.1.9", "10.40.2.9")),
    cluster_tls=True,
    tokens=TOKENS,
    database=DatabaseLogin(
        host="psql-amora.postgres.database.azure.com", port=6432, name="amora", username="emqx_a", pooled=True
    ),
    max_packet_bytes=65536,
    client_id_expression="concat(['app:', username, ':', clientid])",
    session_expiry_seconds=7200,
    memory_gigabytes=4,
)
DEV = replace(
    PROD,
    seeds=seed_names(("10.41.0.9",)),
    cluster_tls=False,
    tokens=None,
    database=replace(PROD.database, port=5432, pooled=False),
    memory_gigabytes=1,
)
REDIS = replace(PROD, redis=RedisServer(host="amr-amora.westeurope.redis.azure.net", port=10000))
VARIABLES = """\
EMQX_NODE__NAME=emqx1@10.40.0.9
EMQX_NODE__COOKIE=kY2vQ8
EMQX_DASHBOARD__DEFAULT_PASSWORD=w7Rt1z
EMQX_RPC__PORT_DISCOVERY=stateless
"""
# Zones work in 5.8 and 6.2 and are left out of EMQX's manual; there is no other way to make client ids of one listener.
KNOWINGLY = ["zones"]


class Conf(SingleFileSnapshotExtension):
    """One readable file beside this test."""

    file_extension = "conf"
    _write_mode = WriteMode.TEXT


@pytest.mark.parametrize(("name", "wanted"), [("prod", PROD), ("dev", DEV), ("redis", REDIS)])
def test_emqx_conf(name, wanted, snapshot):
    assert emqx_conf(wanted) == snapshot(name=name, extension_class=Conf)


class Shell(Conf):
    """A script."""

    file_extension = "sh"


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("start_tls", {"cluster_tls": True, "metrics_role": None}),
        ("start_roles", {"cluster_tls": False, "metrics_role": "viewer"}),
    ],
    ids=["5.8", "6.2"],
)
def test_start_script(name, wanted, snapshot):
    assert start_script(**wanted) == snapshot(name=name, extension_class=Shell)


def test_ssl_dist_conf(snapshot):
    assert ssl_dist_conf() == snapshot(name="ssl_dist", extension_class=Conf)


@pytest.mark.parametrize("profile", [None, "hardened"])
@pytest.mark.parametrize(
    "wanted", [PROD, DEV, replace(PROD, tokens=None), replace(DEV, session_expiry_seconds=0), REDIS]
)
def test_emqx_takes_it_without_a_finding(wanted, profile):
    assert run(emqx_conf(wanted), VARIABLES, profile, KNOWINGLY) == []


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        ({"seeds": ("10.0.0.9",)}, "cluster.static.seeds"),
        ({"database": replace(PROD.database, host="psql:psql")}, "authentication.2.server"),
        ({"tokens": replace(TOKENS, jwks="http://login.example.com/keys")}, "authentication.1.endpoint"),
        ({"redis": RedisServer(host="redis:redis", port=10000)}, "authorization.sources.2.server"),
        ({"session_expiry_seconds": "2 h"}, "(syntax)"),
        ({"max_packet_bytes": "64 KiB"}, "(syntax)"),
        ({"memory_gigabytes": 0}, "listeners.ssl.default.max_connections"),
    ],
)
def test_a_wrong_value_is_found_by_the_checker(changed, path):
    errors = [each.path for each in run(emqx_conf(replace(PROD, **changed)), VARIABLES, "hardened", KNOWINGLY)]
    assert path in errors


def test_the_order_decides_who_is_asked():
    config = parse(emqx_conf(PROD))
    assert [each["mechanism"] for each in config["authentication"]] == ["jwt", "password_based"]
    assert [each["type"] for each in config["authorization"]["sources"]] == ["file", "postgresql"]
    assert config["authorization"]["no_match"] == "deny"


def test_redis_is_asked_between_the_file_and_the_database():
    assert [each["type"] for each in parse(emqx_conf(REDIS))["authorization"]["sources"]] == [
        "file",
        "redis",
        "postgresql",
    ]


def test_redis_is_one_server_with_tls_and_a_key_from_a_file():
    source = parse(emqx_conf(REDIS))["authorization"]["sources"][1]
    assert (source["redis_type"], source["server"]) == ("single", "amr-amora.westeurope.redis.azure.net:10000")
    assert source["password"] == "file:///mnt/amora/redis-key"
    assert source["cmd"] == "HGETALL mqtt_acl:${username}"
    assert (source["ssl"]["enable"], source["ssl"]["verify"]) == (True, "verify_peer")
    assert source["ssl"]["server_name_indication"] == "amr-amora.westeurope.redis.azure.net"


def test_without_redis_nothing_of_it_is_said():
    assert "redis" not in emqx_conf(PROD).lower()


def test_a_token_belongs_to_its_user():
    claims = parse(emqx_conf(PROD))["authentication"][0]["verify_claims"]
    assert claims == {"iss": TOKENS.issuer, "aud": TOKENS.audience, "oid": "${username}"}


def test_devices_are_known_by_certificate_alone():
    config = parse(emqx_conf(PROD))
    listener = config["listeners"]["ssl"]["default"]
    tls = listener["ssl_options"]
    assert listener["enable_authn"] is False
    assert (tls["verify"], tls["fail_if_no_peer_cert"], tls["enable_crl_check"]) == ("verify_peer", True, True)
    assert config["mqtt"]["peer_cert_as_username"] == config["mqtt"]["peer_cert_as_clientid"] == "cn"


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("mqtt.max_qos_allowed", 1),
        ("mqtt.exclusive_subscription", False),
        ("mqtt.max_packet_size", 65536),
        ("retainer.max_payload_size", 65536),
        ("delayed.enable", False),
        ("listeners.ssl.default.ssl_options.reuse_sessions", False),
        ("zones.apps.mqtt.clientid_override", "concat(['app:', username, ':', clientid])"),
        ("listeners.ws.default.zone", "apps"),
    ],
)
def test_what_the_topic_contract_needs(path, wanted):
    """docs/decisions/0030-topic-contract.md: what emqx.conf has to say for it to hold."""
    assert get(parse(emqx_conf(PROD)), path) == wanted


def test_no_right_comes_from_a_token():
    assert parse(emqx_conf(PROD))["authentication"][0]["acl_claim_name"] != "acl"


def test_only_what_is_meant_listens():
    config = parse(emqx_conf(PROD))
    on = {
        f"{kind}:{each['bind']}"
        for kind, named in config["listeners"].items()
        for each in named.values()
        if each.get("enable", True)
    }
    assert on == {"ssl:0.0.0.0:8883", "ws:0.0.0.0:8083"}
    assert config["listeners"]["tcp"]["default"]["enable"] is False
    assert config["listeners"]["wss"]["default"]["enable"] is False
    assert list(config["dashboard"]["listeners"]) == ["http"]


def test_no_secret_stands_in_the_file():
    config = parse(emqx_conf(PROD))
    for login in (config["authentication"][1], config["authorization"]["sources"][1]):
        assert login["password"] == "file:///mnt/amora/database-password"
        assert login["ssl"]["verify"] == "verify_peer"
    assert "cookie" not in config["node"]


def test_behind_the_pooler_nothing_is_prepared():
    assert parse(emqx_conf(PROD))["authentication"][1]["disable_prepared_statements"] is True
    assert parse(emqx_conf(DEV))["authentication"][0]["disable_prepared_statements"] is False


@pytest.mark.parametrize("text", ['a"b', "back\\slash", "# no comment", "//", "${x}", "umlaut ü"])
def test_any_printable_text_stands_in_it_as_it_is(text):
    assert (
        parse(emqx_conf(replace(PROD, client_id_expression=text)))["zones"]["apps"]["mqtt"]["clientid_override"] == text
    )


@pytest.mark.parametrize("text", ["two\nlines", "tab\t", "nul\0"])
def test_text_that_cannot_be_printed_is_refused(text):
    with pytest.raises(IllegalConfigurationError, match="cannot be printed"):
        emqx_conf(replace(PROD, client_id_expression=text))


def test_a_file_must_fit_into_a_secret():
    assert checked_file("acl.conf", "x" * (LARGEST_FILE - 1))
    with pytest.raises(IllegalConfigurationError, match=r"acl\.conf has 25,000 bytes"):
        checked_file("acl.conf", "x" * LARGEST_FILE)
    with pytest.raises(IllegalConfigurationError, match="30,000"):
        checked_file("acl.conf", "ä" * 15_000)


def test_seeds_are_the_same_for_every_number_of_nodes():
    assert seed_names(("10.0.0.4",)) == ("emqx1@10.0.0.4", "emqx2@10.0.0.4", "emqx3@10.0.0.4")
    assert seed_names(("a.b", "c.d")) == ("emqx1@a.b", "emqx2@c.d", "emqx3@a.b")


@pytest.mark.parametrize("slot", [0, 11])
def test_there_are_ten_slots(slot):
    with pytest.raises(ValueError, match="outside 1 to 10"):
        node_name(slot, "10.0.0.4")


class TestStartScript:
    """The script as a shell runs it, on folders of the test's own."""

    @pytest.fixture
    def folders(self, tmp_path):
        files, etc = tmp_path / "files", tmp_path / "etc"
        files.mkdir()
        etc.mkdir()
        for name in ("emqx.conf", "acl.conf", "ssl_dist.conf"):
            (files / name).write_text(name)
        (etc / "vm.args").write_text("kept")
        return files, etc

    def run(self, folders, *, cluster_tls=True, role=None, limits="ulimit -Sn 64"):
        files, etc = folders
        report = etc.parent / "report"
        entrypoint = ("/bin/sh", "-c", f"'ulimit -Sn >{report}; env >>{report}'")
        script = start_script(
            cluster_tls=cluster_tls, metrics_role=role, files=str(files), etc=str(etc), entrypoint=entrypoint
        )
        environment = {"PATH": os.environ["PATH"], "AMORA_API_KEY": "kept%secret", "AMORA_METRICS_KEY": "read%only"}
        done = subprocess.run(
            ["/bin/sh", "-c", f'{limits}\nexec /bin/sh -c "$0"', script],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return done, report.read_text() if report.exists() else ""

    def test_files_are_beside_what_emqx_brings(self, folders):
        done, _ = self.run(folders)
        assert done.returncode == 0, done.stderr
        etc = folders[1]
        assert sorted(path.name for path in etc.iterdir()) == [
            "acl.conf",
            "api-keys",
            "emqx.conf",
            "ssl_dist.conf",
            "vm.args",
        ]
        assert (etc / "vm.args").read_text() == "kept"

    def test_without_cluster_tls_its_options_stay_away(self, folders):
        assert self.run(folders, cluster_tls=False)[0].returncode == 0
        assert not (folders[1] / "ssl_dist.conf").exists()

    @pytest.mark.parametrize(("role", "line"), [(None, "read%only"), ("viewer", "read%only:viewer")])
    def test_the_keys_of_the_api_are_in_a_file_of_their_own_and_nowhere_else(self, folders, role, line):
        done, report = self.run(folders, role=role)
        keys = folders[1] / "api-keys"
        assert keys.read_text() == f"amora:kept%secret\namora-metrics:{line}\n"
        assert keys.stat().st_mode & 0o077 == 0
        said = report + done.stdout + done.stderr
        assert "kept%secret" not in said
        assert "read%only" not in said

    def test_the_limit_of_open_files_is_raised_to_what_is_allowed(self, folders):
        _, report = self.run(folders, limits="ulimit -Sn 64; ulimit -Hn 512")
        assert report.splitlines()[0] == "512"

    def test_a_missing_file_ends_the_start(self, folders):
        (folders[0] / "acl.conf").unlink()
        done, report = self.run(folders)
        assert done.returncode != 0
        assert "acl.conf" in done.stderr
        assert report == ""
