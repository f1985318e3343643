"""The stack file of a command: what cannot be read, and every wrong setting, end all commands alike."""

import pytest

from ops.errors import ExitCode, OpsError
from ops.stack_file import ROOT, settings_of, stack_file
from tests.unit.settings.stacks import DEV, changed, written


def test_a_stack_has_its_file_and_its_settings():
    assert stack_file("dev") == ROOT / "Pulumi.dev.yaml"
    assert settings_of("dev").environment == "dev"


def test_another_file_may_be_named(tmp_path):
    file = written(tmp_path, changed(DEV, environment="dev"))
    assert settings_of("nowhere", str(file)).environment == "dev"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("prdo",), ["no stack file Pulumi.prdo.yaml", "known stacks: dev, prod", "--stack"]),
        (("dev", "nowhere/Pulumi.x.yaml"), ["no stack file Pulumi.x.yaml", "--config-file"]),
    ],
)
def test_a_file_that_is_not_there_is_told_with_those_that_are(arguments, words):
    with pytest.raises(OpsError) as refused:
        settings_of(*arguments)
    assert refused.value.code == ExitCode.STACK_FILE
    assert all(word in str(refused.value) for word in words)


def test_wrong_settings_are_named_with_what_looks_at_them_alone(tmp_path):
    file = written(tmp_path, changed(DEV, environment="dev", retentoin={}))
    with pytest.raises(OpsError, match="retentoin") as refused:
        settings_of("dev", str(file))
    assert refused.value.code == ExitCode.STACK_FILE
    assert "python -m settings check" in str(refused.value)
