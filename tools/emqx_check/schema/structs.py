"""Structs that the dump lacks: those only hidden fields reach, and durable_sessions (emqx/emqx at v5.8.9)."""

from __future__ import annotations

from typing import Any

from tools.emqx_check.schema.patterns import POS, UINT

# Structs that only hidden fields reach, and durable_sessions.
STRUCTS: dict[str, dict[str, Any]] = {
    "zone": {
        "mqtt": "Struct(mqtt)",
        "stats": "Struct(stats)",
        "flapping_detect": "Struct(flapping_detect)",
        "force_shutdown": "Struct(force_shutdown)",
        "conn_congestion": "Struct(conn_congestion)",
        "force_gc": "Struct(force_gc)",
        "overload_protection": "Struct(overload_protection)",
        "durable_sessions": "Struct(durable_sessions)",
    },
    "stats": {"enable": ("Boolean", "true")},
    "overload_protection": {
        "enable": ("Boolean", "false"),
        "backoff_delay": (UINT, "1"),
        "backoff_gc": ("Boolean", "false"),
        "backoff_hibernation": ("Boolean", "true"),
        "backoff_new_conn": ("Boolean", "true"),
    },
    "conn_congestion": {"enable_alarm": ("Boolean", "true"), "min_alarm_sustain_duration": ("Duration", "1m")},
    "crl_cache": {
        "refresh_interval": ("Duration", "15m"),
        "http_timeout": ("Duration", "15s"),
        "capacity": (POS, "100"),
    },
    "banned": {"bootstrap_file": "String"},
    "trace": {"payload_encode": ("Enum(hex,text,hidden)", "text")},
    "broker": {
        "enable_session_registry": ("Boolean", "true"),
        "session_history_retain": ("Duration", "0s"),
        "session_locking_strategy": "Enum(local,leader,quorum,all)",
        "shared_subscription_strategy": "String",
        "shared_dispatch_ack_enabled": "Boolean",
        "route_batch_clean": "Boolean",
        "perf": "Struct(broker_perf)",
        "routing": "Struct(broker_routing)",
        "shared_subscription_group": "Map($name->Map)",
    },
    "broker_perf": {"route_lock_type": "Enum(key,tab,global)", "trie_compaction": "Boolean"},
    "broker_routing": {"storage_schema": "Enum(v1,v2)", "batch_sync": "Map"},
    "cluster_call": {
        "retry_interval": ("Duration", "1m"),
        "max_history": "Integer(100..10240)",
        "cleanup_interval": ("Duration", "24h"),
    },
    "log_overload_kill": {
        "enable": "Boolean",
        "mem_size": "Bytesize",
        "qlen": POS,
        "restart_after": 'OneOf(Duration,String("infinity"))',
    },
    "log_burst_limit": {"enable": "Boolean", "max_count": POS, "window_time": "Duration"},
    "sysmon_top": {
        "num_items": UINT,
        "sample_interval": "Duration",
        "max_procs": UINT,
        "db_hostname": "String",
        "db_port": "Integer",
        "db_username": "String",
        "db_password": "Secret",
        "db_name": "String",
    },
    "durable_sessions": {
        "enable": ("Boolean", "false"),
        "batch_size": (POS, "100"),
        "idle_poll_interval": ("Duration", "10s"),
        "heartbeat_interval": ("Duration", "5000ms"),
        "renew_streams_interval": "Duration",
        "session_gc_interval": ("Duration", "10m"),
        "session_gc_batch_size": (POS, "100"),
        "subscription_count_refresh_interval": "Duration",
        "disconnected_session_count_refresh_interval": "Duration",
        "message_retention_period": ("Duration", "1d"),
        "force_persistence": "Boolean",
    },
    "limiter": {
        "max_conn_rate": "Rate",
        "messages_rate": "Rate",
        "bytes_rate": "Rate",
        "client": "Map",
        **dict.fromkeys(
            ("bytes", "messages", "connection", "message_routing", "internal", "bytes_in", "message_in"), "Map"
        ),
    },
    "rule_engine": {
        "ignore_sys_message": ("Boolean", "true"),
        "jq_function_default_timeout": ("Duration", "10s"),
        "jq_implementation_module": "Enum(jq_nif,jq_port)",
        "rules": "Map($id->Struct(rules))",
    },
    "rules": {
        "name": "String",
        "sql": "String",
        "actions": "Array(OneOf(String,Map))",
        "enable": ("Boolean", "true"),
        "description": "String",
        "metadata": "Map",
    },
    "auto_subscribe": {"topics": "Array(Struct(topic))"},
    "topic": {
        "topic": "String",
        "qos": "Integer(0..2)",
        "rh": "Integer(0..2)",
        "rap": "Integer(0..1)",
        "nl": "Integer(0..1)",
    },
    "rewrite": {
        "action": "Enum(subscribe,publish,all)",
        "source_topic": "String",
        "dest_topic": "String",
        "re": "String",
    },
    "topic_metrics": {"topic": "String"},
}
