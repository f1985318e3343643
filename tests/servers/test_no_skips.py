"""The rule of the lane itself: what is skipped fails in CI, and nowhere else."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HOOKS = "from tests.servers.no_skips import pytest_make_collect_report, pytest_runtest_makereport\n"
SKIPS = {
    "by itself": "import pytest\n\ndef test_one():\n    pytest.skip('no server')\n",
    "by a mark": "import pytest\n\n@pytest.mark.skip(reason='no server')\ndef test_one():\n    pass\n",
    "with its module": "import pytest\n\npytest.skip('no server', allow_module_level=True)\n",
}


def run(folder, text, **environment):
    (folder / "conftest.py").write_text(HOOKS)
    (folder / "test_one.py").write_text(text)
    usual = {name: value for name, value in os.environ.items() if name != "CI" and not name.startswith("PYTEST_")}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(folder), str(folder)],
        env={**usual, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **environment},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("skips", SKIPS)
def test_a_skip_fails_in_ci_and_says_why(tmp_path, skips):
    done = run(tmp_path, SKIPS[skips], CI="true")
    assert done.returncode not in (0, 5), done.stdout
    assert "skipped, which CI does not allow" in done.stdout
    assert "no server" in done.stdout


def test_elsewhere_a_skip_is_a_skip(tmp_path):
    done = run(tmp_path, SKIPS["by itself"])
    assert done.returncode == 0, done.stdout
    assert "1 skipped" in done.stdout


def test_what_passes_passes_in_ci(tmp_path):
    assert run(tmp_path, "def test_one():\n    pass\n", CI="true").returncode == 0


def test_the_lane_has_the_rule():
    from tests.servers import conftest, no_skips  # noqa: PLC0415 - the lane's own

    assert conftest.pytest_runtest_makereport is no_skips.pytest_runtest_makereport
    assert conftest.pytest_make_collect_report is no_skips.pytest_make_collect_report
