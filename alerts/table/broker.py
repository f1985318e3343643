"""EMQX, by the metrics it exports itself."""

from __future__ import annotations

from typing import Final

from alerts.alert import Alert, Figure, Log, Prometheus, Tiered, same

_ALARMS: Final = "EMQX's own alarms: sysmon.os and sysmon.vm high watermarks"
_OURS: Final = "EMQX publishes no alert rules; ours"

ALERTS: Final = (
    Alert(
        id="broker-metrics-missing",
        area="broker",
        title="Fewer nodes give their metrics than there are",
        severity=1,
        signal=Prometheus(
            expression='(count(up{{job="emqx",endpoint="stats"}} == 1) or vector(0)) < {threshold}',
            threshold=Figure("nodes"),
            pending="PT3M",
        ),
        source="prometheus.io, Jobs and instances: up",
    ),
    Alert(
        id="cluster-too-small",
        area="broker",
        title="The cluster has fewer running nodes than it should",
        severity=1,
        signal=Prometheus(
            expression="min(emqx_cluster_nodes_running) < {threshold}", threshold=Figure("nodes"), pending="PT1M"
        ),
        source=_OURS,
    ),
    Alert(
        id="cluster-split",
        area="broker",
        title="The nodes do not agree on who is in the cluster",
        severity=0,
        signal=Prometheus(
            # Halves of one size see equally many; then more nodes are asked than any of them sees.
            expression=(
                "max(emqx_cluster_nodes_running) - min(emqx_cluster_nodes_running) > {threshold} "
                "or count(emqx_cluster_nodes_running) - min(emqx_cluster_nodes_running) > {threshold}"
            ),
            threshold=same(0),
            pending="PT2M",
        ),
        source="ekka autoheal: a partition mends itself within a minute, or not at all",
        needs=("cluster",),
    ),
    Alert(
        id="cluster-node-stopped",
        area="broker",
        title="The cluster remembers a node that has been gone for half an hour",
        severity=3,
        signal=Prometheus(
            expression="max(emqx_cluster_nodes_stopped) > {threshold}", threshold=same(0), pending="PT30M"
        ),
        source=_OURS,
        needs=("cluster",),
    ),
    Alert(
        id="cluster-configuration-apart",
        area="broker",
        title="The nodes stand at different versions of the cluster's configuration",
        severity=2,
        signal=Prometheus(
            expression="max(emqx_conf_sync_txid) - min(emqx_conf_sync_txid) > {threshold}",
            threshold=same(0),
            pending="PT10M",
        ),
        source=_OURS,
        needs=("cluster",),
    ),
    Alert(
        id="broker-cpu-high",
        area="broker",
        title="A node's Erlang machine sees its CPU in use",
        severity=2,
        signal=Prometheus(expression="emqx_vm_cpu_use > {threshold}", threshold=Figure("cpu_percent"), pending="PT10M"),
        source=_ALARMS,
    ),
    Alert(
        id="broker-memory-high",
        area="broker",
        title="A node's Erlang machine sees its memory in use",
        severity=2,
        signal=Prometheus(
            expression="100 * emqx_vm_used_memory / emqx_vm_total_memory > {threshold}",
            threshold=Figure("memory_percent"),
            pending="PT10M",
        ),
        source=_ALARMS,
    ),
    Alert(
        id="broker-run-queue-long",
        area="broker",
        title="A node has more to run than its cores can",
        severity=2,
        signal=Prometheus(expression="emqx_vm_run_queue > {threshold}", threshold=Figure("node_cores", 2)),
        source="erlang.org, statistics(run_queue): work that waits for a scheduler; one scheduler a core",
    ),
    Alert(
        id="broker-mailbox-long",
        area="broker",
        title="A node's internal queues grow: it falls behind its cluster or its subscribers",
        severity=2,
        signal=Prometheus(
            expression=(
                "emqx_vm_mnesia_tm_mailbox_size > {threshold} or emqx_vm_broker_pool_max_mailbox_size > {threshold}"
            ),
            threshold=same(500),
        ),
        source="EMQX: sysmon.mnesia_tm_mailbox_size_alarm_threshold and broker_pool_mailbox_size_alarm_threshold, 500",
        needs=("emqx 6",),
    ),
    Alert(
        id="connections-high",
        area="broker",
        title="Nearly as many clients are connected as the platform is planned for",
        severity=2,
        signal=Prometheus(
            expression="sum(emqx_live_connections_count) > {threshold}",
            threshold=Figure("connections"),
            pending="PT10M",
        ),
        source="capacity arithmetic of the settings",
    ),
    Alert(
        id="connections-lost",
        area="broker",
        title="A fifth of the clients has left within five minutes",
        severity=1,
        signal=Prometheus(
            expression=(
                "sum(emqx_live_connections_count) < {threshold} * sum(emqx_live_connections_count offset 5m) "
                "and sum(emqx_live_connections_count offset 5m) > 50"
            ),
            threshold=same(0.8),
            pending="PT1M",
            window="PT10M",
        ),
        source=f"{_OURS}; below 50 clients a few that leave would be a fifth",
    ),
    Alert(
        id="messages-dropped",
        area="broker",
        title="Messages for somebody are dropped",
        severity=2,
        signal=Prometheus(
            expression=(
                "(sum(rate(emqx_messages_dropped[5m])) - sum(rate(emqx_messages_dropped_no_subscribers[5m]))) "
                "/ (sum(rate(emqx_messages_received[5m])) > 0) > {threshold}"
            ),
            threshold=Figure("delivery_budget"),
            pending="PT10M",
        ),
        source="success criterion of the project: 99.9 % delivered; what nobody subscribes to is no loss",
    ),
    Alert(
        id="queues-overflowing",
        area="broker",
        title="Subscribers' queues are full or too old, and messages for them are thrown away",
        severity=2,
        signal=Prometheus(
            expression=(
                "sum(rate(emqx_delivery_dropped_queue_full[5m])) + sum(rate(emqx_delivery_dropped_expired[5m])) "
                "> {threshold}"
            ),
            threshold=Tiered(dev=1, prod=0.1),
            pending="PT10M",
        ),
        source=f"{_OURS}: one message in ten seconds",
    ),
    Alert(
        id="authentication-failing",
        area="broker",
        title="One of twenty log-ins is refused",
        severity=2,
        signal=Prometheus(
            expression=(
                "sum(rate(emqx_authentication_failure[10m])) / (sum(rate(emqx_authentication_failure[10m])) "
                "+ sum(rate(emqx_authentication_success[10m]))) > {threshold} "
                "and sum(increase(emqx_authentication_failure[10m])) > 10"
            ),
            threshold=Tiered(dev=0.5, prod=0.05),
            pending="PT10M",
            window="PT10M",
        ),
        source=_OURS,
    ),
    Alert(
        id="authentication-broken",
        area="broker",
        title="One of five log-ins is refused: tokens, keys or the tenant are wrong",
        severity=1,
        signal=Prometheus(
            expression=(
                "sum(rate(emqx_authentication_failure[5m])) / (sum(rate(emqx_authentication_failure[5m])) "
                "+ sum(rate(emqx_authentication_success[5m]))) > {threshold} "
                "and sum(increase(emqx_authentication_failure[5m])) > 20"
            ),
            threshold=Tiered(dev=0.8, prod=0.2),
        ),
        source=_OURS,
    ),
    Alert(
        id="broker-backend-unreachable",
        area="broker",
        title="A node does not reach what tells it who may log in, or what they may do",
        severity=1,
        signal=Prometheus(
            expression=(
                "min by (node, id) (emqx_authn_status) < {threshold} "
                "or min by (node, type) (emqx_authz_status) < {threshold}"
            ),
            threshold=same(1),
            pending="PT2M",
        ),
        source=f"{_OURS}: 1 is reached",
    ),
    Alert(
        id="authorization-denied",
        area="broker",
        title="Clients ask for topics they may not have, three times as often as on the day before",
        severity=3,
        signal=Prometheus(
            expression=(
                "sum(rate(emqx_authorization_deny[10m])) > {threshold} * sum(rate(emqx_authorization_deny[1d])) "
                "and sum(increase(emqx_authorization_deny[10m])) > 100"
            ),
            threshold=same(3),
            pending="PT10M",
            window="P1D",
        ),
        source=_OURS,
    ),
    Alert(
        id="server-certificate-near-expiry",
        area="broker",
        title="The certificate of a broker's listener ends soon",
        severity=2,
        signal=Prometheus(
            expression="min by (listener_type, listener_name) (emqx_cert_expiry_at) - time() < {threshold}",
            threshold=Figure("expiry_seconds"),
            pending="PT15M",
        ),
        source="settings: alerts.thresholds.certificateDays; the program renews earlier, so a node runs an old one",
    ),
    Alert(
        id="server-certificate-expiring",
        area="broker",
        title="The certificate of a broker's listener ends within a week: devices will be cut off",
        severity=1,
        signal=Prometheus(
            expression="min by (listener_type, listener_name) (emqx_cert_expiry_at) - time() < {threshold}",
            threshold=same(7 * 86_400),
            pending="PT15M",
        ),
        source=_OURS,
    ),
    Alert(
        id="licence-near-expiry",
        area="broker",
        title="EMQX's licence ends soon",
        severity=2,
        signal=Prometheus(
            expression="min(emqx_license_expiry_at) - time() < {threshold}",
            threshold=Figure("expiry_seconds"),
            pending="PT15M",
        ),
        source="docs.emqx.com, License: an expired licence lets no new client in",
        needs=("licence",),
    ),
    Alert(
        id="revocation-list-overdue",
        area="broker",
        title="A revocation list has less than half of its time left, or none",
        severity=1,
        # The app that serves the lists gives the query, for it writes the lines.
        signal=Log(query="{revocation_lists}", threshold=same(0), dimensions=("list",)),
        source="decision 0072; an expired list lets no device in",
        needs=("console log alerts",),
    ),
)
