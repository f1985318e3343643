"""What a device may be called."""

import pytest

from ops.devices.device_id import device_id
from ops.errors import ExitCode, OpsError


@pytest.mark.parametrize("text", ["pump-0001", "abc", "000", "x" * 32])
def test_legal(text):
    assert device_id(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ab",
        "x" * 33,
        "-pump",
        "pump-",
        "PUMP",
        "pump_1",
        "pump 1",
        "pump/1",
        "pump+",
        "#",
        "$SYS",
        "pump.1",
        "pümp",
        "pump\n",
        "../pump",
        "pump:1",
    ],
)
def test_illegal(text):
    with pytest.raises(OpsError, match="is no device id: allowed are 3 to 32 lower-case letters") as caught:
        device_id(text)
    assert caught.value.code == ExitCode.DEVICE_ID
