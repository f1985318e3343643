"""Aliases to API versions cost half of the program's time and serve no stack of ours; others stay."""

import pulumi
import pytest

from components.aliases import without_api_versions

VERSIONED = pulumi.Alias(type_="azure-native:network/v20190201:Subnet")
RENAMED = pulumi.Alias(type_="azure-native:insights:DiagnosticSetting")
OF_ANOTHER_NAME = pulumi.Alias(name="before")
URN = "urn:pulumi:dev::amora-sync::azure-native:network/v20190201:Subnet::core-1-subnet"


def after(aliases):
    options = pulumi.ResourceOptions(protect=True, aliases=aliases)
    changed = without_api_versions(pulumi.ResourceTransformationArgs(None, "", "", {"a": 1}, options))  # pyright: ignore[reportArgumentType]
    assert options.aliases == aliases, "the caller's options are never changed"
    return changed


@pytest.mark.parametrize(
    ("aliases", "kept"),
    [
        ([VERSIONED], []),
        ([VERSIONED, RENAMED], [RENAMED]),
        ([OF_ANOTHER_NAME, VERSIONED, URN], [OF_ANOTHER_NAME, URN]),
    ],
)
def test_an_alias_that_names_an_api_version_goes(aliases, kept):
    changed = after(aliases)
    assert changed.opts.aliases == kept
    assert changed.opts.protect
    assert changed.props == {"a": 1}


@pytest.mark.parametrize("aliases", [None, [], [RENAMED], [OF_ANOTHER_NAME]])
def test_other_options_are_left_alone(aliases):
    assert after(aliases) is None
