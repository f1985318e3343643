"""A stack with its devices' certificates, in a sandbox of each test's own."""

from datetime import UTC, datetime

import pytest

from ops.devices.enrol import Wanted, enrol
from ops.devices.folder import DeviceFolder
from tests.device_stack import DeviceStack

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
BORN = datetime(2026, 1, 1, tzinfo=UTC)


class Operator:
    """Somebody with a login and a folder."""

    def __init__(self, stack, plane, folder):
        self.stack = stack
        self.plane = plane
        self.platform = stack.platform(plane)
        self.folder = DeviceFolder(folder)

    def enrol(self, *devices, now=NOW, renew_within=None, requests=None):
        wanted = [Wanted(device, (requests or {}).get(device)) for device in devices]
        return enrol(self.platform, self.folder, wanted, renew_within=renew_within, now=now)

    def chain(self, device):
        return (self.folder.of(device) / "chain.pem").read_text()

    def another(self, folder, stack=None):
        """A colleague, on the same or, after a change of settings, another version of the stack."""
        return Operator(stack or self.stack, self.plane, folder)


@pytest.fixture
def stack(tmp_path):
    return DeviceStack(tmp_path / "sandbox", at=BORN)


@pytest.fixture
def operator(stack, tmp_path):
    with stack.plane() as plane:
        yield Operator(stack, plane, tmp_path / "devices")
