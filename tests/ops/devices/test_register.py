"""The register: what it says, and that writers who meet lose nothing."""

from datetime import timedelta

import pytest

from ops.devices import register as module
from ops.devices.containers import ChangedError
from ops.devices.records import Issued, ListSigned, Reason, Revoked, decoded, encoded
from ops.devices.register import NAME, Register, Status
from ops.errors import ExitCode, OpsError
from tests.ops.devices.conftest import NOW

LATER = NOW + timedelta(days=730)
TRUSTED = frozenset({1, 2})


def issued(device="pump-1", serial="a1", generation=1, not_after=LATER):
    return Issued(
        device=device,
        serial=serial,
        generation=generation,
        not_before=NOW,
        not_after=not_after,
        certificate_pem="-----BEGIN CERTIFICATE-----\n...",
        at=NOW,
        by="ann@desk",
    )


def revoked(device="pump-1", serial="a1", reason=Reason.KEY_COMPROMISE, at=NOW):
    return Revoked(device=device, serial=serial, reason=reason, at=at, by="bob@desk")


RECORDS = [issued(), revoked(), ListSigned(generation=1, number=7, at=NOW, by="ann@desk")]


@pytest.fixture
def container(operator):
    return operator.platform.register._container


def test_records_are_read_as_they_were_written():
    content = encoded(RECORDS)
    assert content.count(b"\n") == 3
    assert list(decoded(content, "x")) == RECORDS


@pytest.mark.parametrize(
    "line", [b"rubbish", b"{}", b'{"kind":"issued"}', b'{"kind":"other"}', b'["a"]', encoded([revoked()])[:-20]]
)
def test_a_line_that_is_no_record_is_named(line):
    with pytest.raises(OpsError, match=r"register\.jsonl holds a line that is no record") as caught:
        list(decoded(line + b"\n", "register.jsonl"))
    assert caught.value.code == ExitCode.UNREADABLE


def test_a_revocation_of_nothing_is_named(container):
    container.begin(NAME)
    container.append(NAME, encoded([revoked()]), at=0)
    with pytest.raises(OpsError, match="revokes a certificate it never issued: a1 of pump-1"):
        Register(container).load()


def test_what_is_committed_is_read_by_the_next(container):
    Register(container).commit(lambda _: RECORDS)
    known = Register(container).load()
    assert known.certificates["a1"].issued == RECORDS[0]
    assert known.certificates["a1"].revoked == RECORDS[1]
    assert known.lists == {1: RECORDS[2]}


def test_only_what_is_new_is_read(container):
    reader, writer = Register(container), Register(container)
    writer.commit(lambda _: [issued()])
    assert len(reader.load().certificates) == 1
    asked = []
    read = container.read
    container.read = lambda name, start=0: asked.append(start) or read(name, start)
    writer.commit(lambda _: [issued(serial="a2")])
    assert len(reader.load().certificates) == 2
    assert 0 not in asked


def test_nothing_to_write_writes_nothing(container):
    register = Register(container)
    assert register.commit(lambda _: []).length == 0
    assert container.read(NAME) is None


@pytest.mark.parametrize(
    ("records", "now", "status"),
    [
        ([issued()], NOW, Status.VALID),
        ([issued()], LATER, Status.EXPIRED),
        ([issued(), revoked()], NOW, Status.REVOKED),
        ([issued(), revoked()], LATER, Status.REVOKED),
        ([issued(generation=3)], NOW, Status.UNTRUSTED),
    ],
)
def test_the_status_of_a_certificate(container, records, now, status):
    known = Register(container).commit(lambda _: records)
    assert known.certificates["a1"].status(now, TRUSTED) is status
    assert (known.current("pump-1", now, TRUSTED) is not None) is (status is Status.VALID)


def test_the_newest_valid_certificate_is_the_current_one(container):
    records = [issued(serial="a1"), issued(serial="a2"), issued(serial="a3"), revoked(serial="a3")]
    known = Register(container).commit(lambda _: records)
    assert known.current("pump-1", NOW, TRUSTED).serial == "a2"
    assert known.current("pump-2", NOW, TRUSTED) is None


def test_the_first_revocation_counts(container):
    second = revoked(reason=Reason.SUPERSEDED, at=NOW + timedelta(days=1))
    known = Register(container).commit(lambda _: [issued(), revoked(), second])
    assert known.certificates["a1"].revoked.reason is Reason.KEY_COMPROMISE


class TestTwoWriters:
    def test_the_slower_one_judges_anew_with_what_the_faster_wrote(self, container):
        slow, fast = Register(container), Register(container)
        slow.load()
        fast.commit(lambda _: [issued(serial="fast")])
        seen = []

        def judge(known):
            seen.append(sorted(known.certificates))
            return [issued(serial="slow")] if len(seen) < 3 else []

        assert slow.known.length == 0
        # Reads its tail first, so that the conflict has to come in between.
        original = slow.load
        slow.load = lambda: slow.known if not seen else original()
        slow.commit(judge)
        assert seen == [[], ["fast"]]
        assert sorted(Register(container).load().certificates) == ["fast", "slow"]

    def test_a_lost_answer_is_found_to_be_written(self, container):
        """The append arrived, its answer did not: the client repeats it, and it no longer fits."""
        register = Register(container)
        append = container.append

        def lost(name, data, *, at):
            append(name, data, at=at)
            raise ChangedError

        container.append = lost
        known = register.commit(lambda known: [] if "a1" in known.certificates else [issued()])
        assert list(known.certificates) == ["a1"]
        container.append = append
        assert list(Register(container).load().certificates) == ["a1"]

    def test_one_who_never_gets_through_is_told(self, container, monkeypatch):
        monkeypatch.setattr(module, "_LONGEST_PAUSE", 0)

        def never(*_, **__):
            raise ChangedError

        container.append = never
        with pytest.raises(OpsError, match="was changed by somebody else 60 times in a row") as caught:
            Register(container).commit(lambda _: [issued()])
        assert caught.value.code == ExitCode.CONTENDED
