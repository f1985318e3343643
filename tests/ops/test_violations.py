"""What a run's policy pack said, read from the engine's events."""

from __future__ import annotations

import io
import json

import pytest
from rich.console import Console

from ops import violations

FOUND = "properties.publicNetworkAccess: found Enabled, wanted Disabled"
VAULT = "urn:pulumi:prod::amora-sync::amora:data:Vault$azure-native:keyvault:Vault::vault-vault"


def policy_event(**changes):
    usual = {
        "resourceUrn": VAULT,
        "message": f"The vault is closed\n{FOUND}\nmend: close it\n",
        "color": "never",
        "policyName": "KV-05",
        "policyPackName": "amora-sync",
        "enforcementLevel": "mandatory",
        "severity": "high",
    }
    return {"policyEvent": {key: value for key, value in {**usual, **changes}.items() if value is not None}}


def summary(urn=VAULT):
    return {"policyAnalyzeSummaryEvent": {"resourceUrn": urn, "policyPackName": "amora-sync", "passed": ["KV-01"]}}


@pytest.fixture
def read(tmp_path):
    def from_events(*events):
        log = tmp_path / "events.json"
        log.write_text("\n".join(json.dumps(event) for event in events), encoding="utf-8")
        return violations.judgement(log)

    return from_events


def shown(found, width=200):
    written = io.StringIO()
    console = Console(file=written, width=width, highlight=False)
    violations.show(console, found)
    violations.show_exempted(console, found)
    return written.getvalue()


def test_a_violation_is_read_with_everything_the_table_shows(read):
    found = read({"sequence": 1}, summary(), policy_event())
    assert found.violations == (
        violations.Violation(
            rule="KV-05",
            mandatory=True,
            severity="high",
            resource="vault-vault",
            type="azure-native:keyvault:Vault",
            finding=FOUND,
            mend="close it",
        ),
    )
    assert found.refused
    assert found.resources == 1
    text = shown(found)
    for words in ("KV-05", "high", "vault-vault", "azure-native:keyvault:Vault", "found Enabled", "close it"):
        assert words in text
    assert "policies: 1 mandatory in 1 resources" in text


@pytest.mark.parametrize(
    ("event", "pulumi", "code"),
    [
        (policy_event(), 1, 5),
        (policy_event(), 0, 5),
        (policy_event(enforcementLevel="advisory"), 0, 0),
        (policy_event(enforcementLevel="advisory"), 4, 4),
        (summary(), 1, 1),
        (summary(), 130, 130),
    ],
)
def test_the_exit_code_says_what_failed(read, event, pulumi, code):
    assert read(event).exit_code(pulumi) == code


def test_a_policy_that_could_not_run_fails_the_run_though_pulumi_calls_it_advice(read):
    message = (
        "can't run policy 'KV-05' from policy pack 'amora-sync@v0.0.1' during preview: string value can't be known"
    )
    found = read(policy_event(message=message, enforcementLevel="advisory", severity=None))
    assert found.refused
    assert found.exit_code(0) == 5
    assert "can't run policy" in found.violations[0].finding
    assert "1 mandatory" in shown(found)


def test_the_worst_come_first(read):
    found = read(
        policy_event(policyName="B", severity="low"),
        policy_event(policyName="C", severity="critical", enforcementLevel="advisory"),
        policy_event(policyName="D", severity="medium"),
        policy_event(policyName="A", severity="medium"),
        policy_event(policyName="E", severity=None),
        policy_event(policyName="A", severity="medium"),
    )
    assert [each.rule for each in found.violations] == ["A", "D", "B", "E", "C"]
    assert "policies: 4 mandatory, 1 advisory" in shown(found)


def test_what_an_exemption_covers_is_no_violation(read):
    message = "Shown\nKV-05 until 2027-01-31: access: found Enabled, wanted Disabled\nreason: it moves; soon\nmend: m\n"
    found = read(summary(), policy_event(policyName="PACK-03", message=message, enforcementLevel="advisory"))
    assert found.violations == ()
    assert found.exempted == (
        violations.Exempted(
            "KV-05", "2027-01-31", "vault-vault", "access: found Enabled, wanted Disabled", "it moves; soon"
        ),
    )
    text = shown(found)
    assert "policies: no violation, 1 exempted in 1 resources" in text
    assert "it moves; soon" in text


def failed(urn=VAULT):
    return {"resOpFailedEvent": {"metadata": {"op": "create", "urn": urn}, "status": 0, "steps": 1}}


def test_a_run_that_failed_ends_as_pulumi_says_whatever_the_rest_violates(read):
    found = read(summary(), failed(), failed(), policy_event())
    assert (found.failed, found.refused, found.exit_code(255)) == (1, True, 255)
    assert "1 failed: rules about the whole stack judged it without them" in shown(found)


def test_a_run_in_which_nothing_failed_ends_with_the_violation(read):
    found = read(summary(), policy_event())
    assert (found.failed, found.exit_code(255)) == (0, violations.POLICY_VIOLATION)
    assert "without them" not in shown(found)


def test_colours_of_a_terminal_are_no_part_of_a_finding(read):
    found = read(policy_event(message="<{%reset%}>Title<{%reset%}>\n<{%fg 1%}>a: found x<{%reset%}>\nmend: m"))
    assert (found.violations[0].finding, found.violations[0].mend) == ("a: found x", "m")


def test_a_foreign_pack_tells_neither_mend_nor_severity(read):
    found = read(policy_event(message="Buckets are private", severity=None, resourceUrn=None))
    assert (found.violations[0].finding, found.violations[0].mend) == ("Buckets are private", "")
    assert (found.violations[0].resource, found.violations[0].type) == ("the stack", "")
    assert "Buckets are private" in shown(found)


def test_markup_in_a_finding_is_text(read):
    assert "[/bold]" in shown(read(policy_event(message="t\na: found [/bold]\nmend: [red]")))


def test_a_narrow_terminal_cuts_nothing_off(read):
    text = shown(read(policy_event(policyName="LONGNAME-1234567890")), width=60)
    assert "…" not in text


def test_no_log_and_a_half_written_one_tell_what_they_tell(tmp_path):
    nothing = violations.judgement(tmp_path / "none.json")
    assert nothing == violations.Judgement((), (), 0)
    assert shown(nothing).strip() == "no exemption is in use"
    log = tmp_path / "half.json"
    log.write_text(json.dumps(policy_event()) + '\n{"policyEvent": {"reso', encoding="utf-8")
    assert len(violations.judgement(log).violations) == 1


def test_the_pack_is_the_projects_own(tmp_path):
    assert (violations.PACK / "PulumiPolicy.yaml").is_file()
    assert violations.arguments(tmp_path)[0::2] == ["--policy-pack", "--event-log"]
