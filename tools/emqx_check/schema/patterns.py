"""Groups of struct names that the tables share."""

AUTH_DB = ["mysql", "postgresql", "mongo_*", "redis_*", "http_get", "http_post", "builtin_db"]
LISTENERS = ["mqtt_tcp_listener", "mqtt_ssl_listener", "mqtt_ws_listener", "mqtt_wss_listener", "mqtt_quic_listener"]
GATEWAY_LISTENERS = ["tcp_listener", "ssl_listener", "udp_listener", "dtls_listener"]
GATEWAYS = ["coap", "exproto", "lwm2m", "mqttsn", "stomp"]
JWT = ["jwt_hmac", "jwt_public_key", "jwt_jwks"]
LOG = ["console_handler", "log_file_handler"]

UINT = "Integer(0..+inf)"
POS = "Integer(1..+inf)"
