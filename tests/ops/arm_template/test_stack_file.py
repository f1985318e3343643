"""A stack file as a reading takes it."""

import json

import pytest

from ops.arm_template.origins import SecretSetting
from ops.arm_template.stack_file import stack_config
from ops.errors import ExitCode, OpsError


def test_objects_are_json_and_encrypted_values_placeholders(tmp_path):
    file = tmp_path / "Pulumi.x.yaml"
    file.write_text(
        "encryptionsalt: v1\nconfig:\n"
        "  amora-sync:environment: dev\n"
        "  amora-sync:emqx: {licence: {secure: v1:abc}, slots: [1, {secure: v1:def}]}\n",
        encoding="utf-8",
    )
    found = stack_config("x", str(file), "seed")
    assert found.values["amora-sync:environment"] == "dev"
    assert found.secret_keys == ("amora-sync:emqx",)
    licence = found.placeholders[SecretSetting(("amora-sync:emqx", "licence"))]
    assert json.loads(found.values["amora-sync:emqx"])["licence"] == licence
    assert len(set(found.placeholders.values())) == 2
    assert "abc" not in "".join(found.values.values())
    assert set(stack_config("x", str(file), "other").placeholders.values()).isdisjoint(found.placeholders.values())


@pytest.mark.parametrize("text", ["config: [1]", "- a", "config: {a: [", "text"])
def test_what_is_no_stack_file_is_refused(tmp_path, text):
    file = tmp_path / "Pulumi.x.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(OpsError, match=r"Pulumi\.x\.yaml is no stack file") as refused:
        stack_config("x", str(file))
    assert refused.value.code == ExitCode.STACK_FILE


def test_an_unknown_stack_is_refused_with_those_that_are_known():
    with pytest.raises(OpsError, match="known stacks: dev, prod"):
        stack_config("nowhere")
