"""Rules of tier, tags and region cell."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from settings.derived import own_tags
from settings.model import Settings
from settings.problem import Problem
from settings.regions import REGIONS
from settings.rules.registry import rule

_MOST_TAGS: Final = 15
_RESERVED: Final = ("azure", "microsoft", "windows")


@rule("tags", source="learn.microsoft.com, Use tags to organize Azure resources: a DNS zone takes 15 tags")
def tags_fit_every_resource(settings: Settings) -> Problem | None:
    """No resource gets more tags than the type with the lowest limit takes."""
    if len(settings.tags) <= _MOST_TAGS:
        return None
    ours = len(own_tags(settings))
    return Problem(
        found=f"{len(settings.tags) - ours} tags, {len(settings.tags)} with those every resource gets",
        allowed=f"at most {_MOST_TAGS} on a resource, so {_MOST_TAGS - ours} of the stack's own",
        mend="Remove the tags that nobody filters or bills by.",
    )


@rule("tags", source="every resource is found and billed by these tags")
def own_tags_are_kept(settings: Settings) -> Iterator[Problem]:
    """The tags every resource gets keep their value."""
    for name, value in own_tags(settings).items():
        if settings.tags[name] != value:
            yield Problem(
                path=f"tags.{name}",
                found=f'"{settings.tags[name]}"',
                allowed=f'"{value}", which every resource gets',
                mend=f"Remove tags.{name}.",
            )


@rule("tags", source="learn.microsoft.com, tag limitations: names are compared without case")
def tag_names_are_distinct(settings: Settings) -> Iterator[Problem]:
    """No two tag names differ in case only."""
    seen: dict[str, str] = {}
    for name in sorted(settings.tags):
        other = seen.setdefault(name.casefold(), name)
        if other != name:
            yield Problem(
                path=f"tags.{name}",
                found=f"a second spelling of {other}",
                allowed="one tag of a name, whatever its case",
                mend=f"Remove tags.{name} or tags.{other}; {', '.join(own_tags(settings))} are set for every resource.",
            )


@rule("tags", source="learn.microsoft.com, tag limitations: these prefixes are reserved")
def tag_names_are_not_reserved(settings: Settings) -> Iterator[Problem]:
    """No tag name begins as Azure reserves it."""
    for name in settings.tags:
        if name.casefold().startswith(_RESERVED):
            yield Problem(
                path=f"tags.{name}",
                found="a reserved beginning",
                allowed=f"a name that begins with none of {', '.join(_RESERVED)}",
                mend=f"Rename tags.{name}.",
            )


@rule("region.zones", source="learn.microsoft.com, Azure regions with availability zone support")
def zones_exist_in_the_region(settings: Settings) -> Problem | None:
    """Zones are named only in a region that has them."""
    if not settings.region.zones or REGIONS[settings.region.location].zones:
        return None
    return Problem(
        found=f"zones {', '.join(settings.region.zones)} in {settings.region.location}",
        allowed="no zones, since the region has none",
        mend="Remove region.zones, or choose a region with zones such as westeurope.",
    )


@rule("region.zones", source="learn.microsoft.com, Azure availability zones: a region numbers its zones 1 to 3")
def zones_are_named_once(settings: Settings) -> Problem | None:
    """Each zone is named once."""
    zones = settings.region.zones
    if len(set(zones)) == len(zones):
        return None
    return Problem(
        found=f"the zones {', '.join(zones)}",
        allowed="each zone once",
        mend="Remove the repeated zone.",
    )


@rule("region.pairedLocation", source="learn.microsoft.com, Azure paired regions: the pair is fixed by Azure")
def paired_location_is_azures_pair(settings: Settings) -> Problem | None:
    """The paired region is the one Azure has paired."""
    pair = REGIONS[settings.region.location].pair
    if settings.region.paired_location == pair:
        return None
    return Problem(
        found=f"{settings.region.paired_location} for {settings.region.location}",
        allowed=pair or "nothing, since the region has no pair",
        mend="Remove region.pairedLocation; it is known.",
    )


@rule("emqx.placement", source="Microsoft.App/managedEnvironments 2025-02-02-preview: availabilityZones")
def placement_by_zone_needs_three_zones(settings: Settings) -> Problem | None:
    """Placement `zones` has three zones to place in."""
    if settings.emqx.placement == "single" or len(set(settings.region.zones)) == 3:
        return None
    return Problem(
        found=f"zones, with {len(settings.region.zones)} zones in region.zones",
        allowed="single, or zones with three zones",
        mend="Set emqx.placement to single, or choose a region with three zones such as westeurope.",
    )
