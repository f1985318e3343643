"""What a pack found, as SARIF: valid by OASIS' schema, with level, resource, mend and what exemptions cover."""

from __future__ import annotations

import json

import pytest
from pydantic import ValidationError
from pydantic_sarif.model import StaticAnalysisResultsFormatSarifVersion210JsonSchema as SarifLog

from ops.sarif import log, write
from ops.violations import Exempted, Judgement, Violation
from policies.catalogue import described

VAULT = "azure-native:keyvault:Vault"


def violation(rule, severity, *, mandatory=True, finding="is wrong", mend=""):
    return Violation(rule, mandatory, severity, "vault", VAULT, finding, mend)


FOUND = Judgement(
    violations=(
        violation("KV-05", "high", finding="found Enabled, wanted Disabled", mend="set it to Disabled"),
        violation("KV-10", "medium", mandatory=False),
        violation("FOREIGN", ""),
    ),
    exempted=(Exempted("PG-06", "2027-12-31", "database", "found Enabled", "EMQX has no Entra token"),),
    resources=9,
)


@pytest.fixture(scope="module")
def written():
    return log(FOUND, described(), "Pulumi.prod.yaml")


def test_the_log_is_what_the_schema_takes(written):
    """pydantic-sarif's models are generated from OASIS' schema file and take nothing that it does not have."""
    assert SarifLog.model_validate_json(json.dumps(written)).version.value == "2.1.0"
    with pytest.raises(ValidationError):
        SarifLog.model_validate({**written, "runs": [{"results": []}]})


def test_an_empty_log_is_one_too():
    empty = log(Judgement((), (), 3), described(), "state.json")
    SarifLog.model_validate(empty)
    assert empty["runs"][0]["results"] == []


def test_each_finding_has_level_resource_mend_and_its_rule(written):
    (run,) = written["runs"]
    rules = run["tool"]["driver"]["rules"]
    first, advice, foreign, _ = run["results"]
    assert (first["level"], advice["level"], foreign["level"]) == ("error", "warning", "error")
    assert first["message"]["text"] == "vault: found Enabled, wanted Disabled\nmend: set it to Disabled"
    assert rules[first["ruleIndex"]]["id"] == first["ruleId"] == "KV-05"
    assert "ruleIndex" not in foreign
    (location,) = first["locations"]
    assert location["logicalLocations"][0]["fullyQualifiedName"] == f"{VAULT}::vault"
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "Pulumi.prod.yaml"
    assert len({result["partialFingerprints"]["ruleAndResource/v1"] for result in run["results"]}) == 4


def test_what_is_exempted_is_suppressed_with_its_reason(written):
    excused = written["runs"][0]["results"][-1]
    (suppression,) = excused["suppressions"]
    assert suppression["justification"] == "EMQX has no Entra token (until 2027-12-31)"
    assert all("suppressions" not in result for result in written["runs"][0]["results"][:-1])


def test_severities_are_scores_that_code_scanning_reads(written):
    by_id = {rule["id"]: rule for rule in written["runs"][0]["tool"]["driver"]["rules"]}
    assert len(by_id) == len(described())
    assert float(by_id["GOV-03"]["properties"]["security-severity"]) > 9
    assert 7 <= float(by_id["KV-05"]["properties"]["security-severity"]) < 9
    assert by_id["PACK-03"]["defaultConfiguration"]["level"] == "warning"


def test_it_is_written_as_json(tmp_path):
    write(tmp_path / "found.sarif", FOUND, described(), "Pulumi.prod.yaml")
    assert json.loads((tmp_path / "found.sarif").read_text())["version"] == "2.1.0"
