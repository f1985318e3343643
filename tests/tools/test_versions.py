"""Which engine counts as the right one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.engine.paths import EngineError
from tools.engine.versions import Wanted, wanted

GO_MOD = "module m\n\ngo 1.25.11\n\nrequire (\n\tgithub.com/pulumi/pulumi/pkg/v3 v3.259.0\n)\n"


def project(folder: Path, *, go_mod: str = GO_MOD, pulumi_yaml: str | None = None) -> Path:
    (folder / "tools" / "pulumi").mkdir(parents=True)
    (folder / "tools" / "pulumi" / "go.mod").write_text(go_mod)
    if pulumi_yaml is not None:
        (folder / "Pulumi.yaml").write_text(pulumi_yaml)
    return folder


@pytest.mark.parametrize(
    ("allowed", "version", "fits"),
    [
        (">=3.259.0 <4.0.0", "3.259.0", True),
        (">=3.259.0 <4.0.0", "v3.300.1", True),
        (">=3.259.0 <4.0.0", "3.258.9", False),
        (">=3.259.0 <4.0.0", "4.0.0", False),
        (">=3.259.0 <4.0.0", "3.259.0-alpha.1", False),
        (">=3.259.0 <3.260.0 || >=3.262.0", "3.261.0", False),
        (">=3.259.0 <3.260.0 || >=3.262.0", "3.262.0", True),
        ("=3.259.0", "3.259.0", True),
        ("=3.259.0", "3.259.1", False),
        ("3.259.0", "3.259.0", True),
        (">=3.259.0", "a development build", False),
    ],
)
def test_range_of_an_installed_engine(allowed, version, fits):
    assert Wanted(version="3.259.0", allowed=allowed, go="1.25.11").allows(version) is fits


def test_pinned_version_comes_from_the_go_module(tmp_path):
    found = wanted(project(tmp_path, pulumi_yaml="name: x\nrequiredPulumiVersion: '>=3.250.0'\n"))
    assert found == Wanted(version="3.259.0", allowed=">=3.250.0", go="1.25.11")


@pytest.mark.parametrize("pulumi_yaml", [None, "name: x\n", ""])
def test_without_a_range_only_the_pinned_version_counts(tmp_path, pulumi_yaml):
    assert wanted(project(tmp_path, pulumi_yaml=pulumi_yaml)).allowed == "=3.259.0"


@pytest.mark.parametrize(
    ("files", "named"),
    [({"go_mod": "module m\n\ngo 1.25.11\n"}, "go.mod"), ({"pulumi_yaml": "a: [\n"}, "Pulumi.yaml")],
)
def test_broken_files_are_named(tmp_path, files, named):
    with pytest.raises(EngineError, match=named):
        wanted(project(tmp_path, **files))


def test_the_project_s_own_range_allows_its_pinned_version():
    found = wanted()
    assert found.allows(found.version)
