"""Whatever legal settings a stack has, the program declares legal requests, each under an id of its own."""

from __future__ import annotations

import json
import runpy

from hypothesis import assume, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

import settings
from sandbox import arm
from settings.regions import REGIONS
from tests.property.test_settings_property import with_values
from tests.recorded_program import ROOT, record
from tests.unit.settings.stacks import DEV, PROD

# A run of the whole program each: few, but of everything that changes what is declared.
FEW = hypothesis_settings(max_examples=8)

CHOICES = st.fixed_dictionaries(
    {
        ("environment",): st.sampled_from(["dev", "prod", "q1", "load7890"]),
        ("region", "name"): st.sampled_from(["eu1", "w", "us12ab"]),
        ("region", "location"): st.sampled_from(sorted(REGIONS)),
    },
    optional={
        ("network", "outbound"): st.sampled_from(["default", "nat"]),
        ("emqx", "placement"): st.sampled_from(["single", "zones"]),
        ("protection", "protect"): st.booleans(),
        ("protection", "locks"): st.booleans(),
        ("retention", "logDays"): st.integers(30, 730),
        ("retention", "logDailyGigabytes"): st.integers(1, 100),
        ("retention", "deletedSecretDays"): st.integers(7, 90),
        ("vault", "generation"): st.integers(1, 99),
        ("secrets", "generation"): st.integers(1, 99),
        ("tags",): st.dictionaries(
            st.from_regex(r"[a-z]{1,20}", fullmatch=True), st.text("ab 1", min_size=1), max_size=4
        ),
    },
)


@FEW
@given(st.sampled_from([("dev", DEV), ("prod", PROD)]), CHOICES)
def test_legal_settings_give_a_legal_program(stack, choices):
    tier, values = stack
    values = with_values(dict(values), {**choices, ("tier",): tier})
    try:
        settings.from_values(values)
    except settings.SettingsError:
        assume(condition=False)
    config = {
        f"amora-sync:{key}": value if isinstance(value, str) else json.dumps(value) for key, value in values.items()
    }
    # The mocks refuse what the sandbox refuses, and a second resource of the same name.
    recording = record(lambda: runpy.run_path(str(ROOT / "__main__.py")) and None, "property", config)
    declared = [each for each in recording.resources if each.token in arm.known_tokens()]
    assert len(declared) > 20
    assert len(recording.arm_ids()) == len(declared)
