"""How the program's process runs."""

import asyncio
import gc

import pulumi
import pytest

from components import program_run
from tests.recorded_program import record

MANY = 40


class Leaf(pulumi.ComponentResource):
    def __init__(self, number, after=None):
        super().__init__("amora:test:Leaf", f"leaf-{number}", {"after": after})
        self.double = self.urn.apply(lambda urn: urn * 2)


def waited_for(program, monkeypatch):
    """How many outputs the runtime went through in all its waits for some of them."""
    through = []
    wait = asyncio.wait

    async def counted(pending, **options):
        through.append(len(pending))
        return await wait(pending, **options)

    monkeypatch.setattr(asyncio, "wait", counted)
    recording = record(program, finished=False)
    monkeypatch.undo()
    assert len([each for each in recording.resources if each.token == "amora:test:Leaf"]) == MANY
    return sum(through)


def leaves():
    after = None
    for number in range(MANY):
        after = Leaf(number, after).double


def test_the_runtime_waits_for_registrations_before_it_waits_for_outputs(monkeypatch):
    def finished():
        leaves()
        program_run.finish()

    each_again_and_again = waited_for(leaves, monkeypatch)
    assert each_again_and_again > MANY * MANY
    assert waited_for(finished, monkeypatch) < each_again_and_again / 10


def test_outputs_of_the_stack_are_there_all_the_same():
    def program():
        pulumi.export("double", Leaf(2).double)
        program_run.finish()

    assert record(program).outputs["double"].count("leaf-2") == 2


def test_a_failure_of_the_program_is_still_its_failure():
    def program():
        program_run.finish()
        raise pulumi.RunError("no such thing")

    with pytest.raises(pulumi.RunError, match="no such thing"):
        record(program)


def test_no_garbage_is_looked_for_in_a_run_and_again_after_it():
    seen = []

    def program():
        program_run.begin()
        seen.append(gc.isenabled())

    record(program)
    assert seen == [False]
    assert gc.isenabled()


@pytest.mark.parametrize(("asked", "said"), [(False, []), (True, ["a word"])])
def test_the_sdks_debug_messages_are_sent_when_they_are_asked_for(monkeypatch, asked, said):
    heard = []
    monkeypatch.setattr(pulumi.log, "debug", heard.append)
    if asked:
        monkeypatch.setenv(program_run.SDK_DEBUG, "1")

    def program():
        program_run.begin()
        heard.clear()
        pulumi.log.debug("a word")
        assert heard == said

    record(program)
