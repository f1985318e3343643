"""The pack as a whole: metadata, tables that repeat facts of other places, what Pulumi is told."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from components import ports
from policies.context import Context
from policies.exemptions import EXEMPTIONS
from policies.pack import NAME, Pack
from policies.pack_rules import PACK_RULES
from policies.registry import RULES, SERVICES, declared
from policies.rule import IN_PROD, Level, Rule, Severity
from policies.services import closed_ports, container_environments, data_protection, governance, key_vault, monitoring
from sandbox import arm
from sandbox.arm.catalogue import catalogue
from tests.policies.subjects import TODAY

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "policies"
EVERY = (*RULES, *PACK_RULES)


@pytest.mark.parametrize("rule", EVERY, ids=[rule.id for rule in EVERY])
def test_every_rule_says_what_why_and_what_to_do(rule):
    assert re.fullmatch(r"[A-Z]{2,5}-\d\d", rule.id)
    assert rule.title[0].isupper()
    assert not rule.title.endswith(".")
    assert len(rule.title) <= 110
    assert isinstance(rule.severity, Severity)
    assert rule.protects
    assert rule.references
    assert all(reference.strip() == reference != "" for reference in rule.references)
    assert rule.remedy[0].islower()
    assert not rule.remedy.endswith(".")
    assert rule.advice_while == "" or re.fullmatch(r"\w+\.\w+=\w+", rule.advice_while)
    assert rule in PACK_RULES or rule.judge is not None


def test_ids_are_unique_and_one_prefix_belongs_to_one_module():
    ids = [rule.id for rule in EVERY]
    assert len(ids) == len(set(ids))
    prefixes = [{rule.id.partition("-")[0] for rule in declared([module])} for module in SERVICES]
    assert all(len(each) == 1 for each in prefixes)
    assert len(set.union(*prefixes)) == len(SERVICES)


def test_two_rules_with_one_id_are_refused():
    with pytest.raises(ValueError, match="KV-01"):
        declared([importlib.import_module("policies.services.key_vault")] * 2)


def test_a_rule_without_a_judgement_is_refused():
    rule = Rule(
        id="X-01", title="t", severity=Severity.LOW, applies_to=("*",), protects="p", references=("r",), remedy="m"
    )
    with pytest.raises(TypeError, match="X-01"):
        rule.judgement()


def test_pulumi_is_told_everything():
    policies = Pack(RULES, EXEMPTIONS, Context(tier="prod", preview=True, today=TODAY)).policies()
    assert [policy.name for policy in policies[: len(RULES)]] != []
    assert {policy.name for policy in policies} == {rule.id for rule in EVERY}
    for policy in policies:
        (rule,) = [each for each in EVERY if each.id == policy.name]
        assert policy.description == policy.display_name == rule.title
        assert policy.severity.value == rule.severity.value
        assert policy.remediation_steps == rule.remedy
        assert policy.framework.reference == ", ".join(rule.references)
        early = rule.advice_until is not None and rule.advice_until > TODAY
        assert policy.enforcement_level.value == ("advisory" if early else rule.levels.prod.value)


def test_the_pack_file_runs_the_projects_own_python():
    pack = yaml.safe_load((FOLDER / "PulumiPolicy.yaml").read_text(encoding="utf-8"))
    assert pack["runtime"] == {"name": "python", "options": {"toolchain": "pip", "virtualenv": "../.venv"}}
    assert re.fullmatch(r"\d+\.\d+\.\d+", pack["version"])
    assert NAME == "amora-sync"


def test_no_module_of_the_pack_hides_one_of_pythons():
    """Pulumi puts the folder itself on the path before the pack's entry runs."""
    names = {path.stem for path in FOLDER.glob("*.py")} | {path.name for path in FOLDER.iterdir() if path.is_dir()}
    assert names & sys.stdlib_module_names <= {"__main__"}
    assert names.isdisjoint({"pulumi", "pulumi_policy", "google", "grpc"})


def test_rules_are_imported_without_the_azure_sdk():
    program = "import sys, policies.registry; print('pulumi_azure_native' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def sdk_inputs(token):
    _, module, name = token.split(":")
    cls = getattr(importlib.import_module(f"pulumi_azure_native.{module}"), name)
    return set(cls._internal_init.__annotations__) | set(cls._internal_init.__code__.co_varnames)


def test_the_types_that_take_no_tags_are_those_that_have_no_such_input():
    covered = catalogue().tokens
    without = {token for token, entry in covered.items() if "tags" not in entry["nodes"][0]}
    assert without == governance.UNTAGGED & covered.keys()
    assert all("tags" not in sdk_inputs(token) for token in governance.UNTAGGED - covered.keys())


def tokens_of(rules):
    for rule in rules:
        yield from rule.applies_to if isinstance(rule, Rule) else rule.about


@pytest.mark.parametrize(
    "token", sorted({t for t in tokens_of(RULES) if "*" not in t and t.startswith("azure-native")})
)
def test_a_type_that_a_rule_names_exists(token):
    assert sdk_inputs(token)
    assert token in arm.known_tokens()


def test_the_guarded_ports_are_those_of_the_nodes():
    guarded = {(first, last) for first, last, _ in closed_ports.CLOSED}
    for purpose in ("distribution", "rpc"):
        first, last = ports.of_slot(purpose, 1), ports.of_slot(purpose, ports.SLOTS)
        assert any(low <= first and last <= high for low, high in guarded)


def test_what_holds_data_also_sends_logs():
    # A storage account's are those of its blob service, those of metrics of the rule that lets them in; a tenant has
    # its own elsewhere.
    without_logs = {
        "azure-native:azureactivedirectory:B2CTenant",
        "azure-native:azureactivedirectory:CIAMTenant",
        "azure-native:compute:Disk",
        "azure-native:dns:Zone",
        "azure-native:monitor:AzureMonitorWorkspace",
        "azure-native:storage:StorageAccount",
    }
    assert set(data_protection.DATA) - without_logs <= set(monitoring.LOGS)
    assert container_environments.ENVIRONMENT in monitoring.LOGS


def test_dev_is_spared_only_what_costs_money_there():
    spared = {rule.id for rule in RULES if rule.levels.dev is not Level.MANDATORY}
    assert spared == {rule.id for rule in RULES if rule.levels is IN_PROD}
    assert {"KV-05", "NET-01", "GOV-03", "ACA-04", "ING-02"}.isdisjoint(spared)


def test_the_version_the_vault_is_managed_by_is_the_sdks():
    assert arm.api_version("azure-native:keyvault:Vault") == key_vault._SDK_VERSION


def test_the_ports_that_no_app_serves_are_closed_ones():
    closed = {first: service for first, last, service in closed_ports.CLOSED if first == last}
    assert closed_ports.PLAIN.items() <= closed.items()
