"""What each stack declares, against the ARM types of exactly the API versions the SDK uses: no finding."""

import pytest

from sandbox import arm, wire
from tests.recorded_program import record_stack


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_no_finding(stack):
    declared = [each for each in record_stack(stack).resources if each.token.startswith("azure-native:")]
    assert len(declared) > 20
    findings = [
        (each.name, finding)
        for each in declared
        for finding in arm.check(each.token, wire.plain(dict(each.inputs)))
        if finding.severity != "allowed"
    ]
    assert findings == []
