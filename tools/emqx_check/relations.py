"""Rules across fields, as in EMQX's validators."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tools.emqx_check.finding import Finding, Keys, Value, error, warning
from tools.emqx_check.formats import TLS_ORDER, is_ip
from tools.emqx_check.values import as_list, get, literal, show

TLS_LISTENERS = ("listener_ssl_opts", "listener_wss_opts", "ssl_options", "dtls_opts")


def struct_rules(value: dict[str, Value], name: str, path: Keys) -> Iterator[Finding]:
    """Rules among the fields of one struct."""
    kind = name.partition("@")[0]
    if kind in TLS_LISTENERS:
        yield from _client_certificates(value, path)
    yield from _versions_without_gap(value, path)
    if kind == "ocsp" and literal(value.get("enable_ocsp_stapling")) == "true":
        for field in ("responder_url", "issuer_pem"):
            if not value.get(field):
                yield error((*path, field), "required when OCSP stapling is on")
    offset = value.get("time_offset")
    if offset is not None and not re.search(r"^([-+][01]\d:[0-6]\d|system|utc)$", str(offset)):
        yield error((*path, "time_offset"), f"expected system, utc or +hh:mm, got {show(offset)}")
    multiplier = value.get("keepalive_multiplier")
    if isinstance(multiplier, int | float) and not 1 <= multiplier <= 65535:
        yield error((*path, "keepalive_multiplier"), "expected a number in 1..65535")


def _client_certificates(value: dict[str, Value], path: Keys) -> Iterator[Finding]:
    verify = literal(value.get("verify", "verify_none"))
    demanded = literal(value.get("fail_if_no_peer_cert")) == "true"
    if demanded and verify != "verify_peer":
        yield error((*path, "fail_if_no_peer_cert"), "needs verify = verify_peer")
    if literal(value.get("enable_crl_check")) == "true" and verify != "verify_peer":
        yield error((*path, "enable_crl_check"), "needs verify = verify_peer")
    if verify == "verify_peer" and not demanded:
        yield warning((*path, "verify"), "clients without a certificate still connect: fail_if_no_peer_cert is false")


def _versions_without_gap(value: dict[str, Value], path: Keys) -> Iterator[Finding]:
    versions = value.get("versions", value.get("tls_versions"))
    if not isinstance(versions, list) or any(each not in TLS_ORDER for each in versions):
        return
    places = sorted(TLS_ORDER.index(each) for each in versions)
    if not places or places != list(range(places[0], places[-1] + 1)):
        yield error((*path, "versions"), "the versions must follow each other without a gap")


def root_rules(config: dict[str, Value]) -> Iterator[Finding]:
    """Rules among root keys."""
    name = str(get(config, "node.name") or "")
    host = name.partition("@")[2]
    if name and "${" not in name:
        if not host:
            yield error(("node", "name"), f"expected name@host, got {show(name)}")
        elif "." not in host and not is_ip(host):
            yield error(("node", "name"), f"the host must be an address or have a dot, got {show(host)}")
        elif (
            get(config, "cluster.discovery_strategy") == "dns"
            and get(config, "cluster.dns.record_type") != "srv"
            and not is_ip(host)
        ):
            yield error(("node", "name"), "discovery by DNS A or AAAA records needs name@address")
    if (
        literal(get(config, "durable_sessions.enable")) == "true"
        and get(config, "cluster.discovery_strategy") != "singleton"
    ):
        yield warning(
            ("durable_sessions", "enable"),
            "the community edition keeps them on one node's disk: cluster.discovery_strategy must be singleton",
        )
    seeds = get(config, "cluster.static.seeds")
    if get(config, "cluster.discovery_strategy") == "static" and not seeds:
        yield error(("cluster", "static", "seeds"), "empty, but discovery_strategy is static")
    for seed in seeds.split(",") if isinstance(seeds, str) else as_list(seeds):
        if not re.fullmatch(r"[^@\s]+@[^@\s]+", str(seed).strip(" []")):
            yield error(("cluster", "static", "seeds"), f"expected name@host, got {show(seed)}")
