"""Waiting for roles: Azure answers that a role assignment exists before every one of its servers knows of it.

An app that reads secrets or pulls its image with an identity is refused until then. The engine repeats such a create
through an error hook, for as long as Azure says a role may take, and no other failure.
"""

from __future__ import annotations

import asyncio
import re
from itertools import accumulate
from typing import Final

import pulumi

LONGEST: Final = 600
"""Seconds (learn.microsoft.com, Troubleshoot Azure RBAC: role assignments take up to 10 minutes to be effective)."""

WAITS: Final = (1, 2, 4, 8, 16, *(30,) * 19)
"""Seconds before each repetition; together no less than :data:`LONGEST`, since the last one must come after it."""

# What a Container App or a job is refused with while its identity has no right yet (microsoft/azure-container-apps
# issues 1159 and 930 for secrets, 836 for images). The request is refused as a whole: nothing was created.
_REFUSED: Final = re.compile(r"InvalidParameterValueInContainerTemplate.*using Managed identity", re.DOTALL)
# The same words in the outcome of a create that had begun (azure-container-apps issue 1061): the app exists, another
# create would find it there, and the engine would forget what it knows of it. The next `up` mends that app.
_BEGUN: Final = re.compile(r"ContainerAppOperationError|Failed to provision revision|already existing resource")


def is_lagging(error: str) -> bool:
    """Whether a failed create was refused for a role that may only be late, with nothing left behind."""
    return _REFUSED.search(error) is not None and _BEGUN.search(error) is None


def wait_before_repeating(errors: list[str]) -> int | None:
    """Seconds to wait before the create is repeated; None when it must not be.

    Args:
        errors: what the create failed with so far, newest first.
    """
    if not errors or not all(is_lagging(error) for error in errors) or len(errors) > len(WAITS):
        return None
    return WAITS[len(errors) - 1]


async def _repeat(args: pulumi.ErrorHookArgs) -> bool:
    seconds = wait_before_repeating(args.errors) if args.failed_operation in ("create", "update") else None
    if seconds is None:
        return False
    waited = list(accumulate(WAITS))[len(args.errors) - 1]
    pulumi.log.info(f"{args.name}: a role is not effective yet; trying again in {seconds} s ({waited} s in all)")
    await asyncio.sleep(seconds)
    return True


def survives_lagging_roles(name: str) -> pulumi.ResourceHookBinding:
    """The hook of a resource whose identity needs roles that were given a moment ago.

    Args:
        name: logical name of the resource.
    """
    return pulumi.ResourceHookBinding(on_error=[pulumi.ErrorHook(f"{name}-role-propagation", _repeat)])
