"""Which engine the project wants: the pinned version of `tools/pulumi/go.mod`, the range of `Pulumi.yaml`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import yaml
from semver import Version

from tools.engine.paths import EngineError

PROJECT = Path(__file__).resolve().parents[2]
MODULE = PROJECT / "tools" / "pulumi"

_ENGINE_LINE = re.compile(r"^\s*(?:require\s+)?github\.com/pulumi/pulumi/pkg/v3 v(?P<version>\S+)", re.MULTILINE)
_GO_LINE = re.compile(r"^go (?P<version>\d+\.\d+(?:\.\d+)?)$", re.MULTILINE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What counts as the right engine.

    version: the exact version that is downloaded or built, e.g. ``3.259.0``.
    allowed: range for an installed one, e.g. ``>=3.259.0 <4.0.0`` (blang's syntax: a space is "and", || is "or").
    go: the oldest Go that builds it, e.g. ``1.25.11``.
    """

    version: str
    allowed: str
    go: str

    def allows(self, version: str) -> bool:
        """Whether an installed engine of this version may be used."""
        try:
            parsed = Version.parse(version.removeprefix("v"))
        except ValueError:
            return False
        return any(
            all(parsed.match(_exact(term)) for term in alternative.split()) for alternative in self.allowed.split("||")
        )


def wanted(project: Path = PROJECT) -> Wanted:
    """Read the wanted engine from the project's own files.

    Raises:
        EngineError: A file is missing or does not name a version.
    """
    module = (project / "tools" / "pulumi" / "go.mod").read_text()
    engine, go = _ENGINE_LINE.search(module), _GO_LINE.search(module)
    if engine is None or go is None:
        message = (
            "tools/pulumi/go.mod names no version of github.com/pulumi/pulumi/pkg/v3 or of Go.\n"
            "Restore it: git checkout tools/pulumi/go.mod"
        )
        raise EngineError(message)
    version = engine["version"]
    return Wanted(version=version, allowed=_range(project) or f"={version}", go=go["version"])


def _range(project: Path) -> str | None:
    path = project / "Pulumi.yaml"
    try:
        settings = yaml.safe_load(path.read_text())
    except FileNotFoundError:
        return None
    except yaml.YAMLError as error:
        message = f"Pulumi.yaml is not YAML: {error}\nMend the line that it names."
        raise EngineError(message) from error
    return settings.get("requiredPulumiVersion") if isinstance(settings, dict) else None


def _exact(term: str) -> str:
    """Spell blang's `=1.2.3` and `1.2.3` as semver's `==1.2.3`."""
    return "==" + term.removeprefix("=") if term[0] == "=" and term[1:2] != "=" else term
