"""The whole inventory of each stack, as a golden file.

After an intended change: ``make golden`` writes the files anew; the diff of the golden file belongs into the review.
"""

import json
import re

import pytest
from syrupy.extensions.json import JSONSnapshotExtension

from sandbox import wire
from tests.recorded_program import record_stack


class Inventory(JSONSnapshotExtension):
    """One readable file a stack, beside this test."""

    file_extension = "json"


VERSION = re.compile(r"(/secrets/[^/]+)/[0-9a-f]{32}$")


def without_drawn(value):
    """The inputs without what is drawn anew at every recording: keys, certificates, versions of secrets."""
    if isinstance(value, dict):
        return {key: without_drawn(item) for key, item in value.items()}
    if isinstance(value, list):
        return [without_drawn(item) for item in value]
    if not isinstance(value, str):
        return value
    return "[PEM]" if value.startswith("-----BEGIN ") else VERSION.sub(r"\1/[version]", value)


def inventory(name):
    found = {}
    for each in record_stack(name).resources:
        if not each.custom:
            continue
        found[f"{each.token} {each.name}"] = {
            "parent": each.parent,
            "protect": each.protect,
            "replaceOnChanges": sorted(each.replace_on_changes),
            "ignoreChanges": sorted(each.ignore_changes),
            "dependsOn": sorted(each.dependencies),
            "inputs": without_drawn(wire.masked(dict(each.inputs))),
        }
    # One order for every machine and every run.
    return json.loads(json.dumps(found, sort_keys=True))


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_inventory(stack, snapshot):
    assert inventory(stack) == snapshot(name=stack, extension_class=Inventory)
