"""The program the benchmark compares with declares what ours declares, or the comparison would say nothing."""

import runpy

import pytest

from sandbox import wire
from tests.bench import bare
from tests.recorded_program import record, record_stack


def inventory(recording):
    return {(each.token, each.name): wire.masked(dict(each.inputs)) for each in bare.custom(recording)}


@pytest.fixture(scope="module", params=["dev", "prod"])
def both(request, tmp_path_factory):
    """Recordings of the project's program and of the bare one."""
    folder = tmp_path_factory.mktemp("bare")
    ours = record_stack(request.param)
    bare.write_project(folder, request.param, ours)
    return ours, record(lambda: runpy.run_path(str(folder / "__main__.py")) and None, request.param)


def test_the_bare_program_declares_the_same_resources_with_the_same_inputs(both):
    ours, theirs = both
    assert inventory(theirs) == inventory(ours)
    assert len(inventory(theirs)) > 40
    assert not [each for each in theirs.resources if each.token.startswith("amora:")]


def test_it_waits_for_what_ours_waits_for(both):
    ours, theirs = both
    names = {each.name for each in bare.custom(ours)}
    for each in bare.custom(ours):
        assert set(each.dependencies) & names <= set(theirs.one(each.name).dependencies), each.name
