"""The policy pack on the real engine: a good stack passes, a bad one fails with its own exit code and a table."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from textwrap import dedent

import pytest
from pydantic_sarif.model import StaticAnalysisResultsFormatSarifVersion210JsonSchema as SarifLog

from policies.exemptions import EXEMPTIONS
from tests.engine import insecure_program
from tests.engine.sandbox_run import ROOT, Sandbox
from tests.policies.baselines import security_rule
from tests.policies.subjects import changed
from tests.shell import shell

VIOLATED = 5


@pytest.fixture
def sandbox(tmp_path):
    return Sandbox(tmp_path / "sandbox", "dev", policies=True)


def text_of(done):
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def prod(standing, tmp_path_factory):
    """Prod as it is deployed first."""
    return standing.copy("prod", tmp_path_factory.mktemp("policies"))


def test_a_good_stack_passes_the_policy_command(sandbox):
    """Nothing of it exists yet. Its preview: tests/engine/test_newcomer.py."""
    prod = replace(sandbox, stack="prod")
    found = json.loads(prod.ok_json("policy", "--stack", "prod", "--json"))
    assert found["stack"] == "prod"
    # KV-10 has a date and is advice until then.
    assert {each["rule"] for each in found["violations"]} <= {"KV-10"}
    assert not any(each["mandatory"] for each in found["violations"])
    assert found["resources"] > 60
    in_use = {each["rule"] for each in found["exempted"]}
    assert {"LOG-04"} <= in_use <= {each.rule for each in EXEMPTIONS}
    listed = sandbox.ok("policy", "--stack", "dev")
    assert "exemptions in force" in listed
    assert "monitoring-insights" in listed


@pytest.fixture(scope="module")
def deployed(prod, tmp_path_factory):
    """The exported state of a stack that is deployed, secrets and all as the backend keeps them."""
    target = tmp_path_factory.mktemp("states") / "prod.json"
    target.write_text(prod.ok_json("run", "--stack", "prod", "--", "stack", "export"))
    return target


def test_what_was_deployed_keeps_the_rules_too(prod, deployed):
    analyzed = ("exec", "--stack", "prod", "--", "pulumi", "policy", "analyze", "--stack", "prod")
    done = prod.run(*analyzed, "--policy-pack", "policies")
    assert done.returncode == 0, text_of(done)
    assert "[mandatory]" not in text_of(done)
    assert "LOG-04" in text_of(done)


def make_policy_state(file, *arguments):
    command = ["make", "policy-state", f"FILE={file}", f"ARGS={' '.join(arguments)}"]
    environment = {**shell(), "PULUMI_HOME": str(file.parent / "home"), "COLUMNS": "200", "NO_COLOR": "1"}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_an_exported_state_is_judged_without_backend_and_program(deployed, tmp_path):
    done = make_policy_state(deployed, "--json", f"--sarif {tmp_path / 'found.sarif'}")
    assert done.returncode == 0, text_of(done)
    found = json.loads(done.stdout)
    assert found["stack"] == "prod"
    assert found["resources"] > 60
    assert not any(each["mandatory"] for each in found["violations"])
    assert {"LOG-04", "PG-06"} <= {each["rule"] for each in found["exempted"]}
    log = SarifLog.model_validate_json((tmp_path / "found.sarif").read_text())
    assert {result.ruleId for result in log.runs[0].results or ()} == {
        each["rule"] for each in (*found["violations"], *found["exempted"])
    }


# Changes to a deployed stack: the resource, a path, another value, and the rule that finds it in the state alone.
STATE_CHANGES = [
    ("vault-vault", "properties.publicNetworkAccess", "Enabled", "KV-05"),
    ("vault-vault", "properties.enablePurgeProtection", False, "KV-02"),
    ("database-server", "backup.backupRetentionDays", 7, "PG-03"),
    ("core-1-nsg", "securityRules.0", security_rule(destinationPortRange="22"), "NET-01"),
    ("core-1-environment", "appLogsConfiguration.destination", "none", "CAE-03"),
    ("emqx-1", "template.scale.maxReplicas", 3, "ACA-10"),
    ("vault-vault-lock", "level", "NotSpecified", "DATA-02"),
    ("vault-vault-diagnostics", "logs", [], "LOG-05"),
]


def test_a_state_with_something_wrong_is_refused_by_the_rules_about_it(deployed, tmp_path):
    state = json.loads(deployed.read_text())
    by_name = {each["urn"].rsplit("::", 1)[1]: each for each in state["deployment"]["resources"]}
    for name, path, value, _ in STATE_CHANGES:
        for side in ("inputs", "outputs"):
            by_name[name][side] = changed(by_name[name][side], {path: value})
    by_name["store-account"]["protect"] = False
    wrong = tmp_path / "wrong.json"
    wrong.write_text(json.dumps(state))
    done = make_policy_state(wrong, "--json")
    # make ends with 2 and says on standard error how the command ended.
    assert f"Error {VIOLATED}" in done.stderr
    found = {each["rule"] for each in json.loads(done.stdout)["violations"] if each["mandatory"]}
    assert found >= {rule for *_, rule in STATE_CHANGES} | {"DATA-01"}
    assert "PACK-01" not in found


def test_a_file_that_is_no_state_is_told(tmp_path):
    (tmp_path / "none.json").write_text("{}")
    done = make_policy_state(tmp_path / "none.json")
    assert "Error 83" in done.stderr
    assert "is no state of a stack: no deployment with resources" in done.stderr
    assert "pulumi stack export --file FILE" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_number_below_the_least_fails_with_a_table_and_an_exit_code_of_its_own(sandbox):
    """90 is an integer in the program, a float on the wire."""
    prod = replace(sandbox, stack="prod")
    prod.set("retention.deletedSecretDays", "30")
    done = prod.run("preview", "--stack", "prod")
    assert done.returncode == VIOLATED, text_of(done)
    assert "policy violations" in done.stderr
    for words in ("KV-04", "medium", "vault-vault", "found 30, wanted 90 or more", "set properties.softDelete"):
        assert words in done.stderr
    assert "policies: 1 mandatory" in done.stderr
    assert "Traceback" not in text_of(done)
    assert "KeyboardInterrupt" not in text_of(done)


def test_a_deployment_stops_at_what_a_rule_refuses(sandbox):
    sandbox.set("region.location", "eastus")
    done = sandbox.up()
    assert done.returncode == VIOLATED, text_of(done)
    assert "GOV-02" in done.stderr
    assert "sandbox adopt" not in done.stderr
    assert "Traceback" not in text_of(done)
    assert [row for row in sandbox.azure().values() if row["inputs"].get("location") == "eastus"] == []


def test_the_policy_command_says_what_it_found_and_nothing_of_pulumis(sandbox):
    sandbox.set("region.location", "eastus")
    done = sandbox.run("policy", "--stack", "dev", "--json")
    assert done.returncode == VIOLATED, text_of(done)
    found = json.loads(done.stdout)
    refused = [each for each in found["violations"] if each["mandatory"]]
    assert {each["rule"] for each in refused} == {"GOV-02"}
    assert {"platform-group", "vault-vault"} <= {each["resource"] for each in refused}


def test_what_the_stack_has_chosen_on_purpose_is_advice(sandbox):
    prod = replace(sandbox, stack="prod")
    prod.set("protection.locks", "false")
    shown = prod.ok("preview", "--stack", "prod")
    assert re.search(r"policies: no violation, [1-9]\d* advisory", shown)
    assert "DATA-02" in shown


def test_a_preview_that_fails_by_itself_is_no_violation(sandbox):
    sandbox.set("retention.logDays", "soon")
    done = sandbox.run("policy", "--stack", "dev")
    assert done.returncode not in (0, VIOLATED)
    assert "stack dev cannot be previewed" in done.stderr
    assert "retention.logDays" in done.stderr


DRAWN = """
    import pulumi
    import pulumi_random
    from pulumi_azure_native import app, keyvault

    drawn = pulumi_random.RandomPassword("drawn", length=32)
"""
VAULT = """
    keyvault.Vault(
        "vault",
        vault_name="kv-of-a-test",
        resource_group_name="rg",
        location="westeurope",
        properties=keyvault.VaultPropertiesArgs(
            tenant_id="00000000-0000-0000-0000-000000000000",
            sku=keyvault.SkuArgs(family="A", name="standard"),
            public_network_access=drawn.id.apply(lambda _: "Disabled"),
        ),
    )
"""
APP = """
    app.ContainerApp(
        "app",
        container_app_name="ca-of-a-test",
        resource_group_name="rg",
        location="westeurope",
        managed_environment_id="/subscriptions/x/resourceGroups/rg/providers/Microsoft.App/managedEnvironments/e",
        configuration=app.ConfigurationArgs(
            secrets=[
                app.SecretArgs(
                    name="cookie",
                    identity="/subscriptions/x/id",
                    key_vault_url=drawn.id.apply(lambda _: "https://kv-of-a-test.vault.azure.net/secrets/cookie"),
                )
            ]
        ),
        template=app.TemplateArgs(containers=[app.ContainerArgs(name="c", image="busybox")]),
    )
"""


@pytest.fixture
def other(sandbox, tmp_path):
    """Another project on the same sandbox: what it runs is Pulumi's, the pack is ours."""
    project = tmp_path / "project"
    project.mkdir()
    (project / "Pulumi.yaml").write_text(
        "name: amora-sync\nruntime: {name: python, options: {toolchain: pip, virtualenv: %s}}\n" % (ROOT / ".venv")
    )
    (project / "Pulumi.blue.yaml").write_text("config: {amora-sync:environment: dev}\n")

    def run(program, *command, stack="blue"):
        (project / "__main__.py").write_text((dedent(DRAWN) if stack == "blue" else "") + dedent(program))
        steps = " && ".join([f"cd {project}", f"pulumi stack select --create {stack} >/dev/null", " ".join(command)])
        return sandbox.run("exec", "--", "env", f"PYTHONPATH={ROOT}", "bash", "-c", steps)

    return run


def test_a_guarded_value_that_is_not_known_fails_the_run_instead_of_passing(other):
    done = other(VAULT, sys.executable, "-m", "ops", "policy", "check", "--stack", "blue", "--json")
    assert done.returncode == VIOLATED, text_of(done)
    found = json.loads(done.stdout)["violations"]
    unread = [each for each in found if each["rule"] == "PACK-01"]
    assert [each["resource"] for each in unread] == ["vault"]
    assert "KV-05" in unread[0]["finding"]
    assert "properties.publicNetworkAccess is not known yet" in unread[0]["finding"]
    assert unread[0]["mandatory"]
    assert not any("can't run policy" in each["finding"] for each in found)


def test_what_azure_draws_is_judged_in_the_deployment_before_the_resource_is_made(other, sandbox):
    preview = other(APP, "pulumi", "preview", "--stack", "blue", "--policy-pack", str(ROOT / "policies"))
    assert "ACA-01" in text_of(preview)
    assert "ACA-05" not in text_of(preview)
    deploy = ("pulumi", "up", "--yes", "--skip-preview", "--stack", "blue", "--policy-pack", str(ROOT / "policies"))
    up = other(APP, *deploy)
    assert up.returncode != 0
    assert "ACA-05" in text_of(up)
    assert "secrets.0.keyVaultUrl: found https://kv-of-a-test.vault.azure.net/secrets/cookie" in text_of(up)
    assert "PACK-01" not in text_of(up)
    assert sandbox.azure() == {}


STOPPED = {
    "public database": ("PG-07", "database-server", "found Enabled", "network.delegatedSubnetResourceId"),
    "open security group": ("NET-01", "edge-nsg", "22 (SSH) open to anyone", "name the source as a subnet's prefix"),
    "unpinned image": ("ACA-01", "crl-1-app", ":latest, wanted a digest", "@sha256:<digest>"),
    "removed diagnostics": ("LOG-05", "vault-vault", "no logs sent", "add diagnostics(...)"),
    "secret in the environment": ("ACA-06", "crl-1-app", "plain value for REDIS_PASSWORD", "secretRef instead"),
    "public dashboard": ("ING-01", "edge-app", "18083 (EMQX's dashboard)", "take the port out of the ingress"),
}


TOGETHER = [
    ("public database",),
    ("open security group",),
    ("removed diagnostics",),
    ("unpinned image", "secret in the environment", "public dashboard"),
]


def test_every_insecure_change_is_made():
    assert (
        sorted(each for changes in TOGETHER for each in changes) == sorted(insecure_program.CHANGES) == sorted(STOPPED)
    )


@pytest.mark.parametrize("changes", TOGETHER, ids=", ".join)
def test_an_insecure_change_of_the_program_is_stopped_with_rule_resource_and_mend(other, tmp_path, changes):
    (tmp_path / "project" / "Pulumi.dev.yaml").write_text((ROOT / "Pulumi.dev.yaml").read_text())
    program = f"from tests.engine.insecure_program import run\n\nrun(*{changes!r})\n"
    done = other(program, sys.executable, "-m", "ops", "policy", "check", "--stack", "dev", "--json", stack="dev")
    assert done.returncode == VIOLATED, text_of(done)
    found = [each for each in json.loads(done.stdout)["violations"] if each["mandatory"]]
    for rule, resource, finding, mend in (STOPPED[each] for each in changes):
        (stopped,) = [each for each in found if (each["rule"], each["resource"]) == (rule, resource)]
        assert finding in stopped["finding"]
        assert mend in stopped["mend"]
    assert {each["resource"] for each in found} == {STOPPED[each][1] for each in changes}
    assert insecure_program.SECRET not in text_of(done)
