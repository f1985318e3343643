"""Where the sandbox keeps things, and the environment the engine gets there.

Everything lies in ``.sandbox/`` of the project (git ignores it): the stand-in's Azure, Pulumi's state, its home, the
generated stack files and the passphrase of their secrets. Nothing outside is read or written, so a user's own Pulumi
login, plugins and stacks are not touched.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sandbox.azure.ids import SUBSCRIPTION_ID
from sandbox.exit_codes import ExitCode, SandboxError

PROJECT_ROOT: Final = Path(__file__).resolve().parent.parent
HOME_VARIABLE: Final = "AMORA_SANDBOX_HOME"
CHECKPOINTS_VARIABLE: Final = "AMORA_SANDBOX_CHECKPOINTS"
PROJECT_NAME: Final = "amora-sync"

# When the engine writes the state, to what that is in its own words (pulumi/sdk/go/common/env/env.go, 3.259).
_CHECKPOINTS: Final[Mapping[str, Mapping[str, str]]] = {"each": {}, "last": {"PULUMI_SKIP_CHECKPOINTS": "true"}}

# A shell that is set up for a real backend or a real Azure must not reach either from here.
_FOREIGN: Final = ("ARM_", "AZURE_", "PULUMI_")


@dataclass(frozen=True, slots=True)
class Workspace:
    """The folders of one sandbox.

    project: the Pulumi project the engine runs. home: the sandbox's own folder.
    """

    project: Path
    home: Path

    @classmethod
    def default(cls) -> Workspace:
        """The sandbox of this checkout; ``AMORA_SANDBOX_HOME`` names another folder for what it keeps."""
        home = os.environ.get(HOME_VARIABLE)
        return cls(PROJECT_ROOT, Path(home).resolve() if home else PROJECT_ROOT / ".sandbox")

    @property
    def azure(self) -> Path:
        """Folder of the stand-in's Azure."""
        return self.home / "azure"

    @property
    def generated(self) -> Path:
        """Folder of the generated stack files: a small Pulumi project of its own."""
        return self.home / "stacks"

    @property
    def state(self) -> Path:
        """Folder of Pulumi's file backend."""
        return self.home / "state"

    @property
    def log(self) -> Path:
        """The sandbox's own log."""
        return self.home / "sandbox.log"

    def checkpoint(self, stack: str) -> Path:
        """Pulumi's state of a stack."""
        return self.state / ".pulumi" / "stacks" / PROJECT_NAME / f"{stack}.json"

    def was_left_behind(self, stack: str) -> bool:
        """Whether a run of the stack may have been killed: a lock is there, or a begun operation, or a broken state."""
        locks = self.state / ".pulumi" / "locks"
        if any(path.is_file() for path in locks.rglob("*")):
            return True
        deployment = self._deployment(stack)
        return deployment is None or bool(deployment.get("pending_operations"))

    def urns(self, stack: str) -> list[str]:
        """The URNs in the state of a stack; none where it has no state that can be read."""
        return [resource["urn"] for resource in (self._deployment(stack) or {}).get("resources") or ()]

    def _deployment(self, stack: str) -> dict[str, Any] | None:
        """What Pulumi's state says of a stack: nothing of one never deployed, None of one that cannot be read."""
        checkpoint = self.checkpoint(stack)
        if not checkpoint.is_file():
            return {}
        try:
            return json.loads(checkpoint.read_bytes())["checkpoint"].get("latest") or {}
        except (ValueError, KeyError, TypeError, AttributeError):
            return None

    def stacks(self) -> list[str]:
        """Names of the project's stack files."""
        return sorted(
            path.name.removeprefix("Pulumi.").removesuffix(".yaml") for path in self.project.glob("Pulumi.*.yaml")
        )

    def create(self) -> None:
        """Make the folders."""
        for folder in (self.home, self.state, self.generated, self.home / "pulumi"):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._without_engine_logs()

    def _without_engine_logs(self) -> None:
        """Keep the engine from logging all that it does into its home.

        It packs some megabytes a run there, for a third of its processor time, and nothing switches that off
        (pkg/v3/logging/encrypted.go of 3.259.0); where its folder cannot be made it goes on without. ``-v=9
        --logtostderr`` still shows everything.
        """
        logs = self.home / "pulumi" / "logs"
        if not logs.is_file():
            shutil.rmtree(logs, ignore_errors=True)
            logs.touch(mode=0o600)

    def passphrase_file(self) -> Path:
        """The file with the passphrase of the stacks' secrets, made on first use.

        Raises:
            SandboxError: stacks exist, the passphrase does not: their secrets cannot be read any more.
        """
        path = self.home / "passphrase"
        if not path.exists():
            if any(self.generated.glob("Pulumi.*.yaml")):
                raise SandboxError(
                    ExitCode.PASSPHRASE,
                    f"the passphrase of the sandbox's stacks is missing: {path}",
                    "Put the file back, or start afresh with `python -m sandbox reset`.",
                )
            temporary = path.with_suffix(".new")
            temporary.touch(mode=0o600)
            temporary.write_text(secrets.token_urlsafe(32), encoding="utf-8")
            temporary.replace(path)
        return path

    def environment(self, bin_dir: Path, providers: str) -> dict[str, str]:
        """Environment of the engine: the sandbox's backend, home and providers, and no plugin download.

        Args:
            bin_dir: folder with ``pulumi`` and its language host.
            providers: ``name:port,...`` of the attached providers; empty for commands that need none.

        Raises:
            SandboxError: ``AMORA_SANDBOX_CHECKPOINTS`` has another value than ``each`` (as on real Azure, the default)
                or ``last``: only at the end, which makes an ``up`` of prod from nothing 13 s instead of 40 s on two
                cores; a run that is killed then leaves resources that no state knows.
        """
        kept = {key: value for key, value in os.environ.items() if not key.startswith(_FOREIGN)}
        ours: Mapping[str, str] = {
            "ARM_SUBSCRIPTION_ID": SUBSCRIPTION_ID,
            # The engine lives for seconds: a tenth of its processor time went into collecting garbage.
            "GOGC": os.environ.get("GOGC", "400"),
            "PATH": f"{bin_dir}{os.pathsep}{os.environ.get('PATH', '')}",
            # The checkpoint is replaced as a whole, its `.attrs` beside it is not (gocloud.dev/blob/fileblob): an
            # engine killed between the two leaves a state that cannot be read ("failed to load checkpoint: EOF").
            "PULUMI_BACKEND_URL": f"{self.state.as_uri()}?metadata=skip",
            "PULUMI_CONFIG_PASSPHRASE_FILE": str(self.passphrase_file()),
            "PULUMI_DEBUG_PROVIDERS": providers,
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_ERROR_OUTPUT_STRING": "1",
            "PULUMI_HOME": str(self.home / "pulumi"),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PYTHONDONTWRITEBYTECODE": "",
        }
        return {**kept, **ours, **_checkpoints()}

    def reset(self) -> None:
        """Remove everything the sandbox keeps."""
        shutil.rmtree(self.home, ignore_errors=True)


def _checkpoints() -> Mapping[str, str]:
    found = os.environ.get(CHECKPOINTS_VARIABLE) or "each"
    if found not in _CHECKPOINTS:
        raise SandboxError(
            ExitCode.USAGE,
            f"{CHECKPOINTS_VARIABLE} is {found!r}; allowed: {', '.join(_CHECKPOINTS)}.",
            "Unset it, and the engine writes the state after each step, or name one of these.",
        )
    return _CHECKPOINTS[found]
