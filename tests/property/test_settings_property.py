"""Whatever a stack says, it gives settings or a message: never a traceback, never a subnet out of place."""

from __future__ import annotations

from ipaddress import IPv4Network
from itertools import combinations
from typing import Any

from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

import settings
from settings import shape
from settings.model import Settings
from settings.regions import REGIONS
from settings.rules.network import RESERVED_BY_CONTAINER_APPS, addresses_at_most
from tests.unit.settings.stacks import DEV, PROD

PROFILE = hypothesis_settings(max_examples=150)
SECRET = settings.Secret("sesame-open")

odd = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.floats(allow_nan=True, allow_infinity=True),
    st.text(max_size=12),
    st.sampled_from(
        ["", "0", "10.0.0.0/8", "10.0.0.0/33", "::/0", "1", "5.8.9", "prod", "ip", "a@b", "@", "\x00", "é"]
    ),
    st.just(SECRET),
)
anything = st.recursive(
    odd,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def every_path(group: type[Any] = Settings, above: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    paths = []
    for key, field in shape.fields(group):
        paths.append((*above, key))
        if (below := shape.group_of(field.annotation)) is not None:
            paths += every_path(below, (*above, key))
    return paths


def with_values(stack: Any, values: dict[tuple[str, ...], Any]) -> dict[str, Any]:
    def put(place: Any, path: tuple[str, ...], value: Any) -> dict[str, Any]:
        place = dict(place) if isinstance(place, dict) else {}
        place[path[0]] = value if len(path) == 1 else put(place.get(path[0]), path[1:], value)
        return place

    for path, value in values.items():
        stack = put(stack, path, value)
    return stack


def outcome(values: Any) -> settings.Settings | settings.SettingsError:
    try:
        return settings.from_values(values)
    except settings.SettingsError as raised:
        error = raised
    assert error.problems
    assert "sesame-open" not in str(error)
    for each in error.problems:
        assert each.path
        assert each.found
        assert each.allowed
        assert each.mend.endswith((".", "?"))
    return error


@PROFILE
@given(st.sampled_from([DEV, PROD]), st.dictionaries(st.sampled_from(every_path()), anything, max_size=6))
def test_any_value_at_any_setting_gives_settings_or_a_message(stack, values):
    outcome(with_values(dict(stack), values))


@PROFILE
@given(
    st.dictionaries(st.text(max_size=12) | st.sampled_from([path[0] for path in every_path()]), anything, max_size=8)
)
def test_any_stack_gives_settings_or_a_message(values):
    outcome(values)


@PROFILE
@given(anything)
def test_any_slots_give_settings_or_a_message(slots):
    outcome(with_values(dict(PROD), {("emqx", "slots"): slots}))


blocks = st.sampled_from(["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]).map(IPv4Network)


@st.composite
def networks(draw: Any, shortest: int = 0, longest: int = 24) -> IPv4Network:
    block = draw(blocks)
    prefix = draw(st.integers(max(block.prefixlen, shortest), longest))
    start = draw(st.integers(0, 2 ** (prefix - block.prefixlen) - 1))
    return IPv4Network((int(block.network_address) + (start << (32 - prefix)), prefix))


@PROFILE
@given(
    networks(),
    st.sampled_from(["single", "zones"]),
    st.dictionaries(st.sampled_from(["edge", "database", "endpoints", "operators"]), networks(16, 30).map(str)),
    st.lists(networks(16, 30).map(str), max_size=3) | st.none(),
)
def test_subnets_never_overlap_leave_the_space_or_fall_short(space, placement, given_subnets, core):
    subnets = given_subnets | ({} if core is None else {"core": core})
    result = outcome(
        with_values(
            dict(DEV),
            {
                ("network", "addressSpace"): str(space),
                ("network", "subnets"): subnets,
                ("emqx", "placement"): placement,
            },
        )
    )
    if isinstance(result, settings.SettingsError):
        return
    final = {name: IPv4Network(prefix) for name, prefix in result.network.subnets.named().items()}
    assert len(result.network.subnets.core) == {"single": 1, "zones": 3}[placement]
    assert all(each.subnet_of(space) for each in final.values())
    assert not [pair for pair in combinations(final.values(), 2) if pair[0].overlaps(pair[1])]
    assert not [each for each in final.values() for taken in RESERVED_BY_CONTAINER_APPS if each.overlaps(taken)]
    assert all(final[name].num_addresses >= addresses_at_most(10) for name in ("core[0]", "edge"))


@PROFILE
@given(networks(), st.sampled_from(["single", "zones"]))
def test_computed_subnets_are_right_wherever_container_apps_leaves_room(space, placement):
    result = outcome(
        with_values(dict(DEV), {("network", "addressSpace"): str(space), ("emqx", "placement"): placement})
    )
    if isinstance(result, settings.SettingsError):
        assert {each.source for each in result.problems} == {
            "learn.microsoft.com, Container Apps virtual networks: reserved address ranges"
        }
        assert any(space.overlaps(taken) for taken in RESERVED_BY_CONTAINER_APPS)


@PROFILE
@given(
    st.integers(1, 20_000),
    st.integers(1, 40_000),
    st.integers(1, 10),
    st.sampled_from([0.5, 1, 2, 4]),
    st.sampled_from([1, 1.5, 2]),
)
def test_settings_that_pass_carry_the_planned_load(devices, clients, nodes, cpu, megabytes):
    result = outcome(
        with_values(
            dict(PROD),
            {
                ("capacity", "devices"): devices,
                ("capacity", "clients"): clients,
                ("capacity", "connectionMegabytes"): megabytes,
                ("emqx", "slots"): {str(number): {} for number in range(1, nodes + 1)},
                ("emqx", "cpu"): cpu,
                ("emqx", "memoryGigabytes"): cpu * 2,
            },
        )
    )
    if isinstance(result, settings.SettingsError):
        return
    need = (devices + clients) * megabytes
    assert need <= (nodes - 1) * cpu * 2 * 1024
    assert need <= (result.edge.min_replicas - 1) * result.edge.memory_gigabytes * 1024
    assert result.edge.min_replicas <= result.edge.max_replicas
    assert clients <= result.front_door.profiles * 3000


@PROFILE
@given(st.sampled_from(sorted(REGIONS)), st.sampled_from([DEV, PROD]))
def test_every_region_gives_settings_or_says_what_it_lacks(location, stack):
    result = outcome(with_values(dict(stack), {("region", "location"): location}))
    if isinstance(result, settings.SettingsError):
        assert not REGIONS[location].zones or not REGIONS[location].pair
