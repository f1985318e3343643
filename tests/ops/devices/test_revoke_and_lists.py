"""Revocation, the lists that tell of it, and what `list` shows."""

from datetime import timedelta

import pytest
from cryptography import x509

from ops.devices.listing import listed
from ops.devices.lists import sign_lists
from ops.devices.records import Reason
from ops.devices.register import Status
from ops.devices.revoke import revoke
from ops.errors import ExitCode, OpsError
from sandbox.azure.faults import Kind
from tests.ops.devices.conftest import NOW
from tests.ops.devices.test_enrol import with_next_generation

ALL = {"status": None, "generation": None, "ends_within": None}


def revoked(operator, device, reason=Reason.UNSPECIFIED, serial=None, now=NOW):
    return revoke(operator.platform, device, reason=reason, serial=serial, now=now)


def signed(operator, now=NOW, **more):
    return sign_lists(operator.platform, **{"publish": True, "out": None, "now": now, **more})


def published(operator, generation=1):
    content = operator.platform.lists.read(f"device-ca-{generation}.crl")
    return x509.load_pem_x509_crl(content.data)


def serials(revocation_list):
    return {f"{each.serial_number:x}" for each in revocation_list}


class TestRevoke:
    def test_all_certificates_of_the_device(self, operator):
        (first,) = operator.enrol("pump-1")
        (second,) = operator.enrol("pump-1", now=NOW + timedelta(days=700), renew_within=timedelta(days=60))
        found = revoked(operator, "pump-1", Reason.KEY_COMPROMISE)
        assert [each.serial for each in found] == [first.serial, second.serial]
        assert {each.reason for each in found} == {Reason.KEY_COMPROMISE}

    def test_one_certificate_alone(self, operator):
        (first,) = operator.enrol("pump-1")
        later = NOW + timedelta(days=700)
        (second,) = operator.enrol("pump-1", now=later, renew_within=timedelta(days=60))
        found = revoked(operator, "pump-1", Reason.SUPERSEDED, serial=f"00{first.serial.upper()}", now=later)
        assert [each.serial for each in found] == [first.serial]
        known = operator.platform.register.load()
        assert known.current("pump-1", later, operator.platform.trusted).serial == second.serial

    def test_a_second_time_changes_nothing(self, operator):
        operator.enrol("pump-1")
        first = revoked(operator, "pump-1", Reason.KEY_COMPROMISE)
        again = revoked(operator, "pump-1", Reason.SUPERSEDED, now=NOW + timedelta(days=1))
        assert again == first

    def test_an_unknown_device_or_serial_is_named(self, operator):
        operator.enrol("pump-1")
        with pytest.raises(OpsError, match="there is no device 'pump-2'") as caught:
            revoked(operator, "pump-2")
        assert caught.value.code == ExitCode.UNKNOWN_DEVICE
        with pytest.raises(OpsError, match="pump-1 has no certificate abc; it has"):
            revoked(operator, "pump-1", serial="abc")

    def test_no_right_to_the_register(self, operator):
        operator.enrol("pump-1")
        operator.plane.store.add_fault(Kind.ROLE_LAG, "*/containers/register", 1, 0)
        with pytest.raises(OpsError) as caught:
            revoked(operator, "pump-1")
        assert caught.value.code == ExitCode.FORBIDDEN


class TestLists:
    def test_the_published_list_names_what_is_revoked(self, operator):
        bad, _ = operator.enrol("pump-1", "pump-2")
        revoked(operator, "pump-1", Reason.KEY_COMPROMISE)
        (one,) = signed(operator)
        assert (one.number, one.entries, one.published) == (1, 1, True)
        found = published(operator)
        assert found.is_signature_valid(operator.platform.settings.authorities[0].certificate.public_key())
        assert serials(found) == {bad.serial}
        entry = found.get_revoked_certificate_by_serial_number(int(bad.serial, 16))
        assert entry.extensions.get_extension_for_class(x509.CRLReason).value.reason is x509.ReasonFlags.key_compromise

    @pytest.mark.parametrize("reason", list(Reason))
    def test_every_reason_is_one_of_rfc_5280(self, operator, reason):
        operator.enrol("pump-1")
        revoked(operator, "pump-1", reason)
        signed(operator)
        (entry,) = published(operator)
        reasons = [each.value.reason.value for each in entry.extensions if isinstance(each.value, x509.CRLReason)]
        assert reasons == ([] if reason is Reason.UNSPECIFIED else [str(reason)])

    def test_numbers_rise_over_runs_and_operators(self, operator, tmp_path):
        numbers = [signed(operator)[0].number, signed(operator.another(tmp_path / "x"))[0].number]
        numbers.append(signed(operator)[0].number)
        assert numbers == [1, 2, 3]
        assert published(operator).extensions.get_extension_for_class(x509.CRLNumber).value.crl_number == 3

    def test_an_older_list_does_not_replace_a_newer_one(self, operator, tmp_path, monkeypatch):
        operator.enrol("pump-1")
        colleague = operator.another(tmp_path / "x")
        commit = operator.platform.register.commit

        def overtaken(judge):
            known = commit(judge)
            # The colleague revokes and publishes between this one's number and its upload.
            revoked(colleague, "pump-1")
            signed(colleague)
            return known

        monkeypatch.setattr(operator.platform.register, "commit", overtaken)
        (late,) = signed(operator)
        assert (late.number, late.published) == (1, False)
        assert len(serials(published(operator))) == 1

    def test_rubbish_in_its_place_is_replaced(self, operator):
        operator.platform.lists.write("device-ca-1.crl", b"rubbish", content_type="text/plain", over=None)
        assert signed(operator)[0].published
        assert serials(published(operator)) == set()

    def test_an_entry_leaves_after_the_list_that_follows_its_end(self, operator):
        operator.enrol("pump-1")
        revoked(operator, "pump-1")
        end = NOW + timedelta(days=730)
        counts = [signed(operator, now=moment)[0].entries for moment in (NOW, end - timedelta(days=1))]
        counts += [signed(operator, now=end + timedelta(days=days))[0].entries for days in (1, 2)]
        assert counts == [1, 1, 1, 0]

    def test_each_trusted_authority_has_its_own(self, operator, stack):
        (old,) = operator.enrol("pump-1")
        second = operator.another(operator.folder.path, with_next_generation(stack))
        (new,) = second.enrol("pump-2")
        for device in ("pump-1", "pump-2"):
            revoked(second, device)
        found = signed(second)
        assert [(each.generation, each.number, each.entries) for each in found] == [(1, 1, 1), (2, 1, 1)]
        assert serials(published(second, 1)) == {old.serial}
        assert serials(published(second, 2)) == {new.serial}

    def test_without_publishing_it_is_only_written_here(self, operator, tmp_path):
        (one,) = signed(operator, publish=False, out=tmp_path / "lists")
        assert not one.published
        assert operator.platform.lists.read("device-ca-1.crl") is None
        content = (tmp_path / "lists" / "device-ca-1.crl").read_bytes()
        # EMQX refreshes a list from PEM alone.
        assert content.startswith(b"-----BEGIN X509 CRL-----")
        assert one.file == str(tmp_path / "lists" / "device-ca-1.crl")
        assert one.url == "http://crl.amora.example.com:8870/device-ca-1.crl"

    def test_no_right_to_the_lists(self, operator):
        operator.plane.store.add_fault(Kind.ROLE_LAG, "*/containers/crl", 1, 0)
        with pytest.raises(OpsError) as caught:
            signed(operator)
        assert caught.value.code == ExitCode.FORBIDDEN


class TestListing:
    @pytest.fixture
    def three(self, operator):
        operator.enrol("pump-2", "pump-1")
        operator.enrol("pump-3", now=NOW + timedelta(days=100))
        revoked(operator, "pump-2", Reason.KEY_COMPROMISE)
        return operator

    @pytest.mark.parametrize(
        ("filters", "now", "devices"),
        [
            ({}, NOW, ["pump-1", "pump-2", "pump-3"]),
            ({"status": Status.VALID}, NOW, ["pump-1", "pump-3"]),
            ({"status": Status.REVOKED}, NOW, ["pump-2"]),
            ({"status": Status.EXPIRED}, NOW + timedelta(days=731), ["pump-1"]),
            ({"generation": 1}, NOW, ["pump-1", "pump-2", "pump-3"]),
            ({"generation": 2}, NOW, []),
            ({"ends_within": timedelta(days=60)}, NOW + timedelta(days=700), ["pump-1", "pump-2"]),
            ({"ends_within": timedelta(days=60)}, NOW, []),
        ],
    )
    def test_filters(self, three, filters, now, devices):
        found = listed(three.platform, **{**ALL, **filters}, now=now)
        assert [each.device for each in found] == devices

    def test_a_row(self, three):
        row = next(each for each in listed(three.platform, **ALL, now=NOW) if each.device == "pump-2")
        assert (row.status, row.reason, row.generation) == (Status.REVOKED, "keyCompromise", 1)

    def test_an_empty_register(self, operator):
        assert listed(operator.platform, **ALL, now=NOW) == []
