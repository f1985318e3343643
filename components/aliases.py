"""Aliases that a resource of this platform never needs.

azure-native declares every type as an alias of the same type at each earlier API version: up to fifty a resource
(``azure-native:network/v20190201:Subnet``...). They serve stacks that once named a version in the token, which this
project never did, and pulumi spends half of the program's time on them. Aliases of renamed types stay: the next
provider's renames come as those.
"""

from __future__ import annotations

import copy
import re
from typing import Final

import pulumi

_NAMES_A_VERSION: Final = re.compile(r"azure-native:\w+/v\d")


def without_api_versions(
    args: pulumi.ResourceTransformationArgs,
) -> pulumi.ResourceTransformationResult | None:
    """Take the aliases that name an API version off a resource; None when it has none."""
    aliases = list(args.opts.aliases or ())
    kept = [alias for alias in aliases if not _names_a_version(alias)]
    if len(kept) == len(aliases):
        return None
    options = copy.copy(args.opts)
    options.aliases = kept
    return pulumi.ResourceTransformationResult(args.props, options)


def _names_a_version(alias: object) -> bool:
    token = alias.type_ if isinstance(alias, pulumi.Alias) else None
    return isinstance(token, str) and _NAMES_A_VERSION.match(token) is not None
