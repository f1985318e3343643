"""The pack's entry: Pulumi starts this folder. `python -m ops policy` is for people."""

import gc
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

# The process lives for the seconds of a run; what it makes stays, or goes without a collector.
gc.disable()

# Pulumi puts this folder on the path; the package it holds is found from the folder above.
_FOLDER = Path(__file__).resolve().parent
sys.path[:] = [str(_FOLDER.parent), *(entry for entry in sys.path if Path(entry).resolve() != _FOLDER)]

from pulumi_policy import PolicyPack  # noqa: E402

from policies.context import context_from  # noqa: E402
from policies.exemptions import EXEMPTIONS  # noqa: E402
from policies.narrowing import narrow_the_library  # noqa: E402
from policies.pack import NAME, Pack  # noqa: E402
from policies.registry import RULES  # noqa: E402

narrow_the_library(RULES)
PolicyPack(NAME, Pack(RULES, EXEMPTIONS, context_from(os.environ, datetime.now(UTC).date())).policies())
