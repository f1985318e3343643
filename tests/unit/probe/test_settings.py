"""What the probe is told: read whole, and every wrong variable named at once."""

import pytest

from probe.settings import Endpoint, SettingsError, read

PEM = "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n"


@pytest.fixture
def right(tmp_path):
    certificate = tmp_path / "device.pem"
    certificate.write_text(PEM)
    return {
        "PROBE_DEVICE_ID": "probe-0001",
        "PROBE_MQTT": "mqtt.amora.example.com:8883",
        "PROBE_CERTIFICATE_FILE": str(certificate),
        "PROBE_TRUST": PEM,
        "PROBE_WEB_SOCKET": "wss://ws.amora.example.com/mqtt",
        "PROBE_TOKEN_URL": "https://tenant.ciamlogin.com/tenant/oauth2/v2.0/token",
        "PROBE_CLIENT_ID": "amora-probe",
        "PROBE_CLIENT_SECRET": "s3cret",
        "PROBE_SCOPE": "api://amora/.default",
        "PROBE_USERNAME_CLAIM": "oid",
        "PROBE_INTERVAL_SECONDS": "5",
        "PROBE_TIMEOUT_SECONDS": "5",
        "PROBE_LATENCY_SECONDS": "0.1",
        "PROBE_METRICS_PORT": "9108",
    }


def test_everything_is_read(right):
    settings = read(right)
    assert settings.mqtt == Endpoint(host="mqtt.amora.example.com", port=8883)
    assert settings.web_socket == Endpoint(host="ws.amora.example.com", port=443)
    assert (settings.path, settings.latency_seconds, settings.metrics_port) == ("/mqtt", 0.1, 9108)


@pytest.mark.parametrize(
    ("text", "endpoint"),
    [
        ("wss://ws.example.com:8443/mqtt", Endpoint(host="ws.example.com", port=8443)),
        ("ws://127.0.0.1:8083/mqtt", Endpoint(host="127.0.0.1", port=8083, tls=False)),
    ],
)
def test_web_socket_addresses(right, text, endpoint):
    assert read({**right, "PROBE_WEB_SOCKET": text}).web_socket == endpoint


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("PROBE_DEVICE_ID", "Probe 1"),
        ("PROBE_MQTT", "mqtt.example.com"),
        ("PROBE_MQTT", ":8883"),
        ("PROBE_MQTT", "mqtt.example.com:0"),
        ("PROBE_CERTIFICATE_FILE", "/nowhere/device.pem"),
        ("PROBE_TRUST", "certificate"),
        ("PROBE_WEB_SOCKET", "ws://ws.example.com/mqtt"),
        ("PROBE_WEB_SOCKET", "wss://ws.example.com"),
        ("PROBE_TOKEN_URL", "http://tenant.example.com/token"),
        ("PROBE_USERNAME_CLAIM", "email"),
        ("PROBE_INTERVAL_SECONDS", "0"),
        ("PROBE_INTERVAL_SECONDS", "inf"),
        ("PROBE_LATENCY_SECONDS", "fast"),
        ("PROBE_METRICS_PORT", "65536"),
    ],
)
def test_a_wrong_one_is_named_with_what_is_allowed(right, name, wrong):
    with pytest.raises(SettingsError) as refused:
        read({**right, name: wrong})
    assert str(refused.value).startswith(f"{name}: found {wrong!r}; allowed: ")


def test_all_that_is_missing_is_named_at_once():
    with pytest.raises(SettingsError) as refused:
        read({})
    assert len(str(refused.value).splitlines()) == 14


def test_a_wrong_secret_is_not_shown(right):
    with pytest.raises(SettingsError) as refused:
        read({**right, "PROBE_CLIENT_SECRET": "a\x00b"})
    assert str(refused.value) == "PROBE_CLIENT_SECRET: found a value (not shown); allowed: the app's secret"


def test_a_round_is_over_before_the_next(right):
    with pytest.raises(SettingsError, match="PROBE_TIMEOUT_SECONDS: found 6; allowed: at most"):
        read({**right, "PROBE_TIMEOUT_SECONDS": "6"})
