"""The SDK by parts is the SDK: seen in processes of their own, as what is loaded stays loaded."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAMES = """
import importlib, json, sys, types
from components.sdk_parts import load_parts_alone

load_parts_alone() if sys.argv[1] == "parts" else None
namespace = importlib.import_module(f"pulumi_azure_native.{sys.argv[2]}")
namespace.outputs


def described(name):
    value = getattr(namespace, name)
    kind = type(value).__name__
    if isinstance(value, types.ModuleType):
        return [kind, value.__name__]
    return [kind, getattr(value, "__module__", ""), getattr(value, "__qualname__", str(value))]


print(json.dumps({name: described(name) for name in sys.argv[3:] or vars(namespace) if not name.startswith("__")}))
"""
USED = """
import sys
from components.sdk_parts import load_parts_alone

load_parts_alone()
from pulumi_azure_native import keyvault

assert keyvault.VaultPropertiesArgs.__module__ == "pulumi_azure_native.keyvault._inputs"
assert keyvault.SkuName.STANDARD == "standard"
assert keyvault.Vault.__module__ == "pulumi_azure_native.keyvault.vault"
assert "pulumi_azure_native.keyvault.managed_hsm" not in sys.modules
assert not hasattr(keyvault, "NoSuchThing")
assert "pulumi_azure_native.keyvault.managed_hsm" in sys.modules
assert keyvault.Vault is sys.modules["pulumi_azure_native.keyvault.vault"].Vault
"""


def python(code, *arguments):
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("namespace", ["authorization", "keyvault", "privatedns"])
def test_every_name_of_a_namespace_is_what_it_is_without(namespace):
    whole = json.loads(python(NAMES, "whole", namespace))
    by_parts = json.loads(python(NAMES, "parts", namespace, *whole))
    # A module's own name may stand for the module in one and not in the other: no user of the SDK asks for it.
    exported = {name: what for name, what in whole.items() if what[0] != "module" or name == "outputs"}
    assert len(exported) > 20
    assert {name: by_parts[name] for name in exported} == exported


def test_only_what_is_named_is_loaded_and_all_of_it_for_a_name_that_is_not_there():
    python(USED)
