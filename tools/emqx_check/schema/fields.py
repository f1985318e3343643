"""Fields that the dump lacks: added by hand, from the schema of release 5.8.9 (emqx/emqx at v5.8.9)."""

from __future__ import annotations

from typing import Any

from tools.emqx_check.schema.patterns import AUTH_DB, GATEWAY_LISTENERS, GATEWAYS, JWT, LISTENERS, LOG, POS, UINT

# (struct patterns, importance, {field: type or (type, default)}). Importance:
# no_doc  valid, only absent from the manual;
# hidden  valid, but the vendor does not document or promise it;
# new     valid from some release after 5.8.1, at the latest 5.8.9;
# deprecated  accepted, without effect or with a successor.
SUPPLEMENT: list[tuple[list[str], str, dict[str, Any]]] = [
    (
        LISTENERS
        + AUTH_DB
        + JWT
        + [
            "scram",
            "file",
            "authz_cache",
            "force_shutdown",
            "force_gc",
            "log_file_handler",
            "retainer",
            "mnesia_config",
            "delayed",
            "state",
            "server",
            "config_connector*",
            "http_action",
            "mqtt_publisher_action",
            "mqtt_subscriber_source",
        ]
        + GATEWAYS
        + GATEWAY_LISTENERS,
        "no_doc",
        {"enable": ("Boolean", "true")},
    ),
    # New between 5.8.1 and 5.8.9.
    (["tcp_opts"], "new", {"nolinger": ("Boolean", "false")}),
    (
        ["sysmon"],
        "new",
        {
            "mnesia_tm_mailbox_size_alarm_threshold": (POS, "500"),
            "broker_pool_mailbox_size_alarm_threshold": (POS, "500"),
        },
    ),
    (["mqtt"], "new", {"clientid_override": ("String", "disabled")}),
    (["listener_quic_ssl_opts"], "new", {"hibernate_after": ("Duration", "5s")}),
    (
        ["retainer"],
        "new",
        {
            "msg_expiry_interval_override": ('OneOf(String("disabled"),Duration)', "disabled"),
            "allow_never_expire": ("Boolean", "true"),
            "max_publish_rate": ("Rate", "1000/s"),
        },
    ),
    (["push_gateway"], "new", {"method": ("Enum(put,post)", "put")}),
    (["mongo_*@authorization.sources"], "new", {"limit": (POS, "1000"), "skip": (UINT, "0")}),
    (
        ["config_connector@connectors.mqtt"],
        "new",
        {"static_clientids": "Array(Map)", "connect_timeout": ("Duration", "10s")},
    ),
    (["root"], "new", {"durable_sessions": "Struct(durable_sessions)"}),
    # Hidden.
    (
        ["root"],
        "hidden",
        {
            "zones": "Map($name->Struct(zone))",
            "broker": "Struct(broker)",
            "overload_protection": "Struct(overload_protection)",
            "conn_congestion": "Struct(conn_congestion)",
            "stats": "Struct(stats)",
            "crl_cache": "Struct(crl_cache)",
            "banned": "Struct(banned)",
            "trace": "Struct(trace)",
            "limiter": "Struct(limiter)",
            "rule_engine": "Struct(rule_engine)",
            "auto_subscribe": "Struct(auto_subscribe)",
            "rewrite": "Array(Struct(rewrite))",
            "topic_metrics": "Array(Struct(topic_metrics))",
            "bridges": "Map($type->Map)",
        },
    ),
    (LISTENERS, "hidden", {"limiter": "Map", "authentication": "@authentication"}),
    (GATEWAYS + GATEWAY_LISTENERS, "hidden", {"authentication": "@authentication"}),
    (["mqtt"], "hidden", {"keepalive_backoff": "Number"}),
    (["listener_ssl_opts", "listener_wss_opts", "dtls_opts", "ssl_options"], "hidden", {"user_lookup_fun": "String"}),
    (
        ["mqtt_quic_listener"],
        "hidden",
        {
            **dict.fromkeys(
                (
                    "max_bytes_per_key",
                    "tls_server_max_send_buffer",
                    "stream_recv_window_default",
                    "stream_recv_buffer_default",
                    "conn_flow_control_window",
                    "max_stateless_operations",
                    "initial_window_packets",
                    "send_idle_timeout_ms",
                    "initial_rtt_ms",
                    "max_ack_delay_ms",
                    "disconnect_timeout_ms",
                    "idle_timeout_ms",
                    "handshake_idle_timeout_ms",
                    "keep_alive_interval_ms",
                    "peer_bidi_stream_count",
                    "peer_unidi_stream_count",
                    "retry_memory_limit",
                    "load_balancing_mode",
                    "max_operations_per_drain",
                    "server_resumption_level",
                    "minimum_mtu",
                    "maximum_mtu",
                    "mtu_discovery_search_complete_timeout_us",
                    "mtu_discovery_missing_probe_count",
                    "max_binding_stateless_operations",
                    "stateless_operation_expiration_ms",
                ),
                UINT,
            ),
            **dict.fromkeys(
                ("send_buffering_enabled", "pacing_enabled", "migration_enabled", "datagram_receive_enabled"),
                "Enum(0,1,true,false)",
            ),
            "keep_alive_interval": "Duration",
            "sslkeylogfile": "String",
        },
    ),
    (
        ["node"],
        "hidden",
        {
            "max_ets_tables": POS,
            "config_files": "Array(String)",
            "crash_dump_file": "String",
            "crash_dump_seconds": "Duration",
            "crash_dump_bytes": "Bytesize",
            "dist_net_ticktime": "Duration",
            "backtrace_depth": "Integer",
            "applications": "String",
            "db_backend": "Enum(mnesia,rlog)",
            "rpc_module": "Enum(gen_rpc,rpc)",
            "default_shard_transport": "Enum(gen_rpc,distr)",
            "shard_transports": "Map($shard->Enum(gen_rpc,distr))",
            "default_bootstrap_batch_size": POS,
            "broker_pool_size": POS,
            "generic_pool_size": POS,
            "channel_cleanup_batch_size": POS,
            "cluster_call": "Struct(cluster_call)",
        },
    ),
    (["cluster"], "hidden", {"quic_lb_mode": "OneOf(Integer,String)", "prevent_overlapping_partitions": "Boolean"}),
    (
        LOG,
        "hidden",
        {
            "chars_limit": 'OneOf(String("unlimited"),Integer(100..inf))',
            "single_line": "Boolean",
            "sync_mode_qlen": UINT,
            "drop_mode_qlen": POS,
            "flush_qlen": POS,
            "max_depth": f'OneOf(String("unlimited"),{UINT})',
            "overload_kill": "Struct(log_overload_kill)",
            "burst_limit": "Struct(log_burst_limit)",
            "supervisor_reports": "Enum(error,progress)",
            "with_mfa": "Boolean",
        },
    ),
    (["log_throttling"], "hidden", {"msgs": "Array(String)"}),
    (
        ["dashboard"],
        "hidden",
        {
            "default_username": ("String", "admin"),
            "sample_interval": ("Duration", "10s"),
            "i18n_lang": ("Enum(en,zh)", "en"),
        },
    ),
    (["jwt_hmac", "jwt_public_key"], "hidden", {"use_jwks": "Enum(false)"}),
    (["sysmon"], "hidden", {"top": "Struct(sysmon_top)"}),
    (["retainer"], "hidden", {"flow_control": "Map", "external_backends": "Map", "msg_clear_limit": POS}),
    (["topology"], "hidden", {"pool_size": POS}),
    (["builtin_local"], "hidden", {"local_write_buffer": "Map", "poll_workers_per_shard": POS, "poll_batch_size": POS}),
    (
        ["layout_builtin_*"],
        "hidden",
        {
            "bits_per_topic_level": POS,
            "epoch_bits": UINT,
            "topic_index_bytes": POS,
            "bytes_per_topic_level": POS,
            "serialization_schema": "String",
        },
    ),
    (
        ["action_resource_opts", "source_resource_opts", "connector_resource_opts", "resource_opts"],
        "hidden",
        {
            "resume_interval": "Duration",
            "metrics_flush_interval": "Duration",
            "buffer_seg_bytes": "Bytesize",
            "buffer_mode": "Enum(memory_only,volatile_offload)",
            "enable_batch": "Boolean",
        },
    ),
    (
        ["http_action", "mqtt_publisher_action", "mqtt_subscriber_source", "config_connector*"],
        "hidden",
        {"created_at": "Integer", "last_modified_at": "Integer"},
    ),
    # Deprecated and absent from the dump.
    (["action_resource_opts"], "deprecated", {"start_after_created": "Boolean", "start_timeout": "Duration"}),
    (["http", "https"], "deprecated", {"enable": "Boolean"}),
    (["dashboard"], "deprecated", {"bootstrap_users_file": "String"}),
    (
        ["node"],
        "deprecated",
        {"process_limit": "Integer(1024..134217727)", "etc_dir": "String", "tlog_push_mode": "Enum(sync,async)"},
    ),
    (["ssl_client_opts"], "deprecated", {"user_lookup_fun": "String"}),
    (
        ["mqtt_quic_listener"],
        "deprecated",
        {"certfile": "String", "keyfile": "String", "idle_timeout": "Duration", "handshake_idle_timeout": "Duration"},
    ),
]

# Structs that only hidden fields reach, and durable_sessions.
