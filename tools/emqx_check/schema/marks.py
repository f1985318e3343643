"""What the dump does not say of its fields: required, deprecated, removed, finer formats (emqx/emqx at v5.8.9)."""

from __future__ import annotations

from tools.emqx_check.schema.patterns import LISTENERS

REQUIRED: list[tuple[list[str], list[str]]] = [
    (["node"], ["cookie", "data_dir"]),
    (["jwt_hmac"], ["secret"]),
    (["jwt_public_key"], ["public_key"]),
    (["jwt_jwks"], ["endpoint"]),
    (["mysql*", "postgresql*"], ["server", "database", "query"]),
    (["redis_*"], ["cmd"]),
    (["redis_single*"], ["server"]),
    (["redis_cluster*", "redis_sentinel*"], ["servers"]),
    (["redis_sentinel*"], ["sentinel"]),
    (["mongo_*"], ["collection", "database"]),
    (["mongo_single*"], ["server"]),
    (["mongo_rs*", "mongo_sharded*"], ["servers"]),
    (["http_get*", "http_post*"], ["url"]),
    (["file"], ["path"]),
    (["server"], ["name", "url"]),
    (["state"], ["name_vsn"]),
    (["rules"], ["sql"]),
    (["topic"], ["topic"]),
    (["rewrite"], ["action", "source_topic", "dest_topic", "re"]),
    (["client_attrs_init"], ["expression", "set_as_attr"]),
]

# Printed in the dump without the mark "deprecated".
DEPRECATED: list[tuple[list[str], list[str]]] = [
    (["listener_*_opts", "ssl_client_opts", "ssl_options", "dtls_opts", "ssl", "ssl_conf"], ["cacerts"]),
    (["http_get*", "http_post*"], ["max_retries", "retry_interval"]),
    (["config_connector@connectors.http"], ["retry_interval"]),
    (["config_connector@connectors.mqtt"], ["reconnect_interval"]),
    (["plugins"], ["check_interval"]),
    (["legacy_deprecated_setting"], ["*"]),
    (["broker"], ["shared_subscription_strategy", "shared_dispatch_ack_enabled"]),
    (["trace"], ["payload_encode"]),
    (["rule_engine"], ["jq_implementation_module"]),
    (["limiter"], ["client"]),
]

# Roots the community edition dropped: name -> release.
REMOVED = {"opentelemetry": "5.8.3"}

# In the dump, but not in the community build (their applications are under the Business
# Source Licence): union members and fields to leave out.
NOT_COMMUNITY_STRUCTS = ["ldap", "ldap_deprecated"]
NOT_COMMUNITY_FIELDS = ["elasticsearch"]

# Finer formats for fields the dump calls String: (structs, fields, type).
FORMATS: list[tuple[list[str], list[str], str]] = [
    (["*"], ["bind"], "ip_port"),
    (["*"], ["*_watermark"], "percent"),
    (LISTENERS, ["max_conn_rate", "messages_rate", "bytes_rate"], "rate"),
    (["retainer"], ["delivery_rate"], "rate"),
    (["mysql*", "postgresql*", "mongo_*", "redis_*"], ["server", "servers"], "servers"),
    (["jwt_jwks"], ["endpoint"], "url"),
    (["http_get*", "http_post*"], ["url"], "url"),
    (["tcp_opts"], ["keepalive"], "tcp_keepalive"),
    (["listener_*_opts", "ssl_client_opts", "ssl_options", "dtls_opts", "ssl", "ssl_conf"], ["password"], "secret"),
    # Sensitive, but read as they are: EMQX does not follow file:// here.
    (["node"], ["cookie"], "literal_secret"),
    (["dashboard"], ["default_password"], "literal_secret"),
    (["jwt_hmac"], ["secret"], "literal_secret"),
    (["config_connector*"], ["keepalive", "retry_interval"], "dur"),
    (["http_get*", "http_post*"], ["request_timeout"], "dur"),
]
