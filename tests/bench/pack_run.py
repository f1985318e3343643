"""``python -m tests.bench.pack_run FILE COUNT``: the policy pack started, and resources judged by it.

It does what the engine makes the pack's process do, by the library's own servicer, without the wire between the two.
"""

import json
import os
import sys
from base64 import b64decode, b64encode
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from google.protobuf.json_format import ParseDict
from pulumi.runtime import proto
from pulumi_policy import EnforcementLevel, policy

from policies.context import context_from
from policies.exemptions import EXEMPTIONS
from policies.narrowing import narrow_the_library
from policies.pack import NAME, Pack
from policies.registry import RULES
from sandbox import wire
from tests.recorded_program import record_stack


def write_inventory(target: Path, stack: str) -> None:
    """Write the resources of a stack as the engine puts them on the wire: one by one, then all together."""
    resources = [
        {
            "type": each.token,
            "urn": each.urn,
            "name": each.name,
            "properties": wire.encode(wire.plain(dict(each.inputs))),
            "propertyDependencies": {name: {"urns": list(urns)} for name, urns in each.property_dependencies.items()},
            "options": {"protect": each.protect},
        }
        for each in record_stack(stack).resources
        if each.custom
    ]
    requests = [ParseDict(each, proto.AnalyzeRequest(), ignore_unknown_fields=True) for each in resources]
    messages = (
        *requests,
        proto.AnalyzeStackRequest(resources=[ParseDict(each, proto.AnalyzerResource()) for each in resources]),
    )
    target.write_text(json.dumps([b64encode(each.SerializeToString()).decode() for each in messages]), encoding="utf-8")


def judge(file: Path, count: int) -> None:
    """Start the pack, and judge so many resources of an inventory, each alone and all together."""
    *one_by_one, together = (b64decode(each) for each in json.loads(file.read_text(encoding="utf-8")))
    narrow_the_library(RULES)
    policies = Pack(RULES, EXEMPTIONS, context_from(os.environ, datetime.now(UTC).date())).policies()
    servicer: Any = policy._PolicyAnalyzerServicer(NAME, "1.0.0", policies, EnforcementLevel.ADVISORY)
    for each in one_by_one[:count]:
        servicer.Analyze(proto.AnalyzeRequest.FromString(each), None)
    if count:
        stack = proto.AnalyzeStackRequest.FromString(together)
        servicer.AnalyzeStack(proto.AnalyzeStackRequest(resources=stack.resources[:count]), None)


if __name__ == "__main__":
    judge(Path(sys.argv[1]), int(sys.argv[2]))
