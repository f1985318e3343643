"""A stack's certificates, register and revocation lists in a sandbox of its own, made without an engine.

Keys and certificates are those that the program's own component declares; the outputs are the stack's.
"""

from __future__ import annotations

import json
import stat
import sys
from contextlib import AbstractContextManager
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pulumi

from components.cell import Cell
from components.certificates import Certificates, CertificatesArgs
from components.naming import Names
from ops.devices.platform import DeviceSettings, Platform
from ops.devices.sandbox_access import SandboxAccess
from sandbox import data_plane
from sandbox.azure import ids
from sandbox.store import StoredResource
from tests.recorded_program import Recording, record

HOST = "mqtt.amora.example.com"
CRL_URL = "http://crl.amora.example.com:8870"
PROVIDERS = f"/subscriptions/{ids.SUBSCRIPTION_ID}/resourceGroups/rg/providers"
VAULT = f"{PROVIDERS}/Microsoft.KeyVault/vaults/kv-test"
ACCOUNT = f"{PROVIDERS}/Microsoft.Storage/storageAccounts/stamora"


class DeviceStack:
    """The stack in a folder.

    Args:
        home: the sandbox's folder.
        at: when its CAs were born.
        years: that its roots and its issuing CAs are valid.
        crl_url: where its revocation lists are served.
    """

    def __init__(
        self,
        home: Path,
        *,
        at: datetime,
        root: int = 1,
        issuing: int = 1,
        years: tuple[int, int] = (20, 10),
        crl_url: str = CRL_URL,
    ) -> None:
        self.home = home
        self.secrets: dict[str, str] = {}
        recording = _recorded(at, root, issuing, years)
        certificates = recording.outputs
        for secret in recording.of("keyvault:Secret"):
            self.secrets[secret.inputs["secretName"]] = secret.inputs["properties"]["value"].value
        self.outputs: dict[str, Any] = {
            "vaultUri": "https://kv-test.vault.azure.net/",
            "deviceAuthorities": certificates["authorities"],
            "rootCertificates": certificates["roots"],
            "deviceCertificateDays": 730,
            "crlDays": 7,
            "crlUrl": crl_url,
            "registerContainerUrl": "https://stamora.blob.core.windows.net/register",
            "crlContainerUrl": "https://stamora.blob.core.windows.net/crl",
        }
        with self.plane() as plane:
            for secret in recording.of("keyvault:Secret"):
                _put(plane, f"{VAULT}/secrets/{secret.inputs['secretName']}", dict(secret.inputs))
            for name in ("register", "crl"):
                if plane.store.get(f"{ACCOUNT}/blobServices/default/containers/{name}") is None:
                    _put(plane, f"{ACCOUNT}/blobServices/default/containers/{name}", {})

    def plane(self) -> AbstractContextManager[data_plane.DataPlane]:
        """The inside of its resources."""
        return data_plane.opened(self.home)

    def platform(self, plane: data_plane.DataPlane) -> Platform:
        """What the operators' commands work on."""
        return Platform(DeviceSettings.of_outputs("test", self.outputs), SandboxAccess(plane))

    def environment(self, folder: Path) -> dict[str, str]:
        """Of a shell in which ``pulumi`` answers with this stack, and whose backend is this sandbox's."""
        script = folder / "pulumi"
        answer = folder / "outputs.json"
        answer.write_text(json.dumps(self.outputs))
        script.write_text(
            f"#!{sys.executable}\nimport pathlib, sys\n"
            "if sys.argv[sys.argv.index('--stack') + 1] != 'test':\n"
            "    sys.exit(print('error: no stack named that found', file=sys.stderr) or 6)\n"
            f"print(pathlib.Path({str(answer)!r}).read_text())\n"
        )
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
        (self.home / "state").mkdir(exist_ok=True)
        return {"PATH": str(folder), "PULUMI_BACKEND_URL": (self.home / "state").as_uri(), "COLUMNS": "200"}


@cache
def _recorded(at: datetime, root: int, issuing: int, years: tuple[int, int]) -> Recording:
    """Drawn once a process for the same arguments: stacks that begin at another moment have other CAs."""
    return record(lambda: _program(root, issuing, years), at=at)


def _program(root: int, issuing: int, years: tuple[int, int]) -> None:
    cell = Cell(
        names=Names(environment="test", region="eu1"),
        location="westeurope",
        zones=(),
        tags={},
        protect=False,
        locks=False,
    )
    made = Certificates(
        "certificates",
        CertificatesArgs(
            cell=cell,
            resource_group_name="rg",
            vault_name="kv-test",
            server_names=(HOST,),
            root_generation=root,
            issuing_generation=issuing,
            root_years=years[0],
            issuing_years=years[1],
            server_days=365,
            server_renewal_days=60,
        ),
    )
    pulumi.export("authorities", made.device_authorities)
    pulumi.export("roots", made.root_certificate_pem)


def _put(plane: data_plane.DataPlane, resource_id: str, inputs: dict[str, Any]) -> None:
    parsed = ids.parse(resource_id)
    assert parsed is not None
    plane.store.put(StoredResource(resource_id, "azure-native:test:Test", parsed.type, inputs, {}, 0.0))
