"""The scan of the exported ARM template: it passes, it sees what is insecure, and waivers are kept tidy."""

from __future__ import annotations

import copy
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tools import template_scan
from tools.template_scan import Failed, ScanProblem, Waiver, main, problems, scan, waivers

TODAY = date(2026, 6, 1)
FAILED = Failed("CKV_AZURE_1", "Something holds", "Microsoft.Storage/storageAccounts.st1")


def waiver(check="CKV_AZURE_1", resource="Microsoft.Storage/storageAccounts.*", until=date(2026, 6, 1)):
    return Waiver(check, resource, "for a reason", until)


@pytest.mark.parametrize(
    ("failed", "recorded", "told"),
    [
        ([], [], []),
        ([FAILED], [waiver()], []),
        ([FAILED], [waiver(resource="microsoft.storage/STORAGEACCOUNTS.st?")], []),
        ([FAILED], [], ["Something holds"]),
        ([FAILED], [waiver(until=date(2026, 5, 31))], ["its waiver has expired on 2026-05-31"]),
        ([FAILED], [waiver(until=date(2026, 5, 31)), waiver(resource="*.st1")], []),
        ([FAILED], [waiver(check="CKV_AZURE_2")], ["Something holds", "a waiver that nothing needs"]),
        ([FAILED], [waiver(resource="*.st2")], ["Something holds", "a waiver that nothing needs"]),
        ([], [waiver()], ["a waiver that nothing needs"]),
    ],
)
def test_what_stops_a_pull_request(failed, recorded, told):
    found = problems(failed, recorded, TODAY)
    assert len(found) == len(told)
    assert all(text.endswith(words) for text, words in zip(found, told, strict=True))


@pytest.mark.parametrize(
    "text",
    [
        "[[waiver]]\ncheck = 'a'\nresource = 'b'\nexpires = 2026-01-01\n",
        "[[waiver]]\ncheck = 'a'\nresource = 'b'\nreason = ' '\nexpires = 2026-01-01\n",
        "[[waiver]]\ncheck = 'a'\nresource = 'b'\nreason = 'c'\nexpires = 'soon'\n",
        "[[waiver]]\ncheck = 'a'\nresource = 'b'\nreason = 'c'\nexpires = 2026-01-01\nfor = 'd'\n",
        "waiver",
    ],
)
def test_a_waiver_says_check_resource_reason_and_date(tmp_path, text):
    file = tmp_path / "waivers.toml"
    file.write_text(text)
    with pytest.raises(ScanProblem):
        waivers(file)


def test_every_recorded_waiver_is_read():
    assert len(waivers()) == template_scan.WAIVERS.read_text().count("[[waiver]]")


@pytest.fixture(scope="module")
def template():
    return json.loads(template_scan.TEMPLATE.read_text(encoding="utf-8"))


def test_the_exported_template_passes(capsys):
    assert main([]) == 0
    assert "checks passed" in capsys.readouterr().out


def test_what_is_insecure_is_found_inside_the_nested_deployment(template, tmp_path):
    changed = copy.deepcopy(template)
    for each in resources(changed, "Microsoft.KeyVault/vaults"):
        each["properties"] |= {"enablePurgeProtection": False, "enableSoftDelete": False}
    for each in resources(changed, "Microsoft.Network/networkSecurityGroups"):
        rule = {"access": "Allow", "direction": "Inbound", "priority": 100, "protocol": "Tcp"}
        rule |= {"sourceAddressPrefix": "*", "sourcePortRange": "*", "destinationAddressPrefix": "*"}
        each["properties"]["securityRules"] = [{"name": "ssh", "properties": {**rule, "destinationPortRange": "22"}}]
    file = tmp_path / "template.json"
    file.write_text(json.dumps(changed), encoding="utf-8")
    stopped = problems(scan(file).failed, waivers(), datetime.now(UTC).date())
    assert any(line.startswith("CKV_AZURE_110 Microsoft.KeyVault/vaults.") for line in stopped)
    assert any(line.startswith("CKV_AZURE_10 Microsoft.Network/networkSecurityGroups.") for line in stopped)


def resources(template, kind):
    for each in template["resources"]:
        if "resourceGroup" in each:
            yield from (inner for inner in each["properties"]["template"]["resources"] if inner["type"] == kind)


@pytest.mark.parametrize("text", ["{", "{}", "[]"])
def test_what_cannot_be_scanned_is_told_and_does_not_pass(tmp_path, capsys, text):
    file = tmp_path / "template.json"
    file.write_text(text)
    assert main([str(file)]) == 76
    assert "scan: " in capsys.readouterr().err


def test_without_the_scanner_the_mend_is_told(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(template_scan, "PROJECT", Path(tmp_path))
    assert main([]) == 76
    assert "make scanner" in capsys.readouterr().err
