"""Enrolment: one key and one certificate a device, whoever is killed or meets whom."""

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509.oid import NameOID

from ops.devices.enrol import Wanted, enrol, wanted_in
from ops.devices.folder import DeviceFolder
from ops.devices.records import Issued, Reason
from ops.devices.register import NAME
from ops.devices.revoke import revoke
from ops.errors import ExitCode, OpsError
from sandbox.azure.faults import Kind
from tests.device_stack import DeviceStack
from tests.ops.devices.conftest import BORN, NOW


def outcomes(enrolled):
    return {each.device: str(each.outcome) for each in enrolled}


def certificates(chain):
    return x509.load_pem_x509_certificates(chain.encode())


def registered(operator):
    return list(operator.another(operator.folder.path).platform.register.load().certificates.values())


class Killed(BaseException):
    """A kill, at a place of the test's choosing."""


class TestOne:
    def test_it_gets_a_key_and_a_chain_that_belong_together(self, operator):
        (enrolled,) = operator.enrol("pump-1")
        assert enrolled.outcome == "issued"
        device, authority = certificates(operator.chain("pump-1"))
        key = load_pem_private_key((operator.folder.of("pump-1") / "key.pem").read_bytes(), None)
        assert device.public_key() == key.public_key()
        device.verify_directly_issued_by(authority)
        assert f"{device.serial_number:x}" == enrolled.serial
        assert device.not_valid_after_utc == enrolled.not_after == NOW + timedelta(days=730)

    def test_the_register_knows_who_issued_what_and_when(self, operator):
        (enrolled,) = operator.enrol("pump-1")
        (found,) = registered(operator)
        issued = found.issued
        assert (issued.device, issued.serial, issued.generation, issued.at) == ("pump-1", enrolled.serial, 1, NOW)
        assert "@" in issued.by
        assert issued.certificate_pem in operator.chain("pump-1")

    def test_no_key_reaches_the_register(self, operator):
        operator.enrol("pump-1")
        assert b"PRIVATE" not in operator.platform.register._container.read(NAME).data

    def test_an_illegal_id_is_refused(self, operator):
        with pytest.raises(OpsError) as caught:
            operator.enrol("pump/1")
        assert caught.value.code == ExitCode.DEVICE_ID
        assert registered(operator) == []


class TestAgain:
    def test_nothing_is_issued_and_the_vault_is_not_asked(self, operator):
        first = operator.enrol("pump-1", "pump-2")
        key, chain = (operator.folder.of("pump-1") / "key.pem").read_bytes(), operator.chain("pump-1")
        operator.plane.store.add_fault(Kind.ROLE_LAG, "*/secrets/*", 99, 0)
        again = operator.another(operator.folder.path).enrol("pump-1", "pump-2")
        assert outcomes(again) == {"pump-1": "kept", "pump-2": "kept"}
        assert [each.serial for each in again] == [each.serial for each in first]
        assert (operator.folder.of("pump-1") / "key.pem").read_bytes() == key
        assert operator.chain("pump-1") == chain
        assert len(registered(operator)) == 2

    def test_a_lost_chain_is_written_from_the_register(self, operator):
        operator.enrol("pump-1")
        before = operator.chain("pump-1")
        (operator.folder.of("pump-1") / "chain.pem").unlink()
        operator.enrol("pump-1")
        assert operator.chain("pump-1") == before

    def test_another_folder_has_no_key_and_gets_no_certificate(self, operator, tmp_path):
        operator.enrol("pump-1")
        elsewhere = operator.another(tmp_path / "elsewhere")
        assert outcomes(elsewhere.enrol("pump-1", "pump-2")) == {"pump-1": "elsewhere", "pump-2": "issued"}
        assert not (tmp_path / "elsewhere" / "pump-1").exists()
        assert len(registered(operator)) == 2

    def test_an_expired_certificate_gives_way_to_a_new_one_for_the_same_key(self, operator):
        (first,) = operator.enrol("pump-1")
        key = (operator.folder.of("pump-1") / "key.pem").read_bytes()
        (second,) = operator.enrol("pump-1", now=NOW + timedelta(days=731))
        assert second.outcome == "issued"
        assert second.serial != first.serial
        assert (operator.folder.of("pump-1") / "key.pem").read_bytes() == key

    def test_a_revoked_device_may_come_back(self, operator):
        operator.enrol("pump-1")
        revoke(operator.platform, "pump-1", reason=Reason.KEY_COMPROMISE, serial=None, now=NOW)
        (operator.folder.of("pump-1") / "key.pem").unlink()
        assert outcomes(operator.enrol("pump-1")) == {"pump-1": "issued"}


class TestRenewal:
    def test_what_ends_soon_is_renewed_once(self, operator):
        operator.enrol("pump-1")
        late = NOW + timedelta(days=700)
        month = timedelta(days=31)
        assert outcomes(operator.enrol("pump-1", now=late)) == {"pump-1": "kept"}
        assert outcomes(operator.enrol("pump-1", now=late, renew_within=timedelta(days=20))) == {"pump-1": "kept"}
        (renewed,) = operator.enrol("pump-1", now=late, renew_within=month)
        assert renewed.outcome == "renewed"
        assert renewed.not_after == late + timedelta(days=730)
        assert outcomes(operator.enrol("pump-1", now=late, renew_within=month)) == {"pump-1": "kept"}
        assert certificates(operator.chain("pump-1"))[0].not_valid_after_utc == renewed.not_after

    def test_what_an_older_authority_signed_is_renewed_by_the_newest(self, operator, stack):
        operator.enrol("pump-1", "pump-2")
        newer = with_next_generation(stack)
        second = operator.another(operator.folder.path, newer)
        assert outcomes(second.enrol("pump-1")) == {"pump-1": "kept"}
        renewed = second.enrol("pump-1", renew_within=timedelta(0))
        assert outcomes(renewed) == {"pump-1": "renewed"}
        assert renewed[0].generation == 2
        device, authority = certificates(operator.chain("pump-1"))
        device.verify_directly_issued_by(authority)
        (point,) = device.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
        assert point.full_name[0].value.endswith("/device-ca-2.crl")
        assert outcomes(second.enrol("pump-1", renew_within=timedelta(0))) == {"pump-1": "kept"}
        assert outcomes(second.enrol("pump-3")) == {"pump-3": "issued"}

    def test_what_an_authority_no_longer_trusted_signed_counts_for_nothing(self, operator, stack):
        operator.enrol("pump-1")
        newer = with_next_generation(stack)
        newer.outputs["deviceAuthorities"] = newer.outputs["deviceAuthorities"][1:]
        assert outcomes(operator.another(operator.folder.path, newer).enrol("pump-1")) == {"pump-1": "issued"}


def with_next_generation(stack):
    """The stack after certificates.issuingGeneration was raised: the first CA is as it was."""
    newer = DeviceStack(stack.home.parent / "newer", at=BORN + timedelta(days=30), issuing=2)
    newer.outputs["deviceAuthorities"] = [stack.outputs["deviceAuthorities"][0], newer.outputs["deviceAuthorities"][1]]
    with newer.plane() as made, stack.plane() as plane:
        for secret in made.store.of_type("Microsoft.KeyVault/vaults/secrets"):
            if secret.id.endswith("-2"):
                plane.store.put(secret)
    newer.home = stack.home
    return newer


class TestKilled:
    """The process ends between any two writes; the next run completes what was begun and makes nothing twice."""

    def test_between_key_and_register(self, operator, monkeypatch):
        def killed(*_, **__):
            raise Killed

        with monkeypatch.context() as patch:
            patch.setattr(operator.platform.register, "commit", killed)
            with pytest.raises(Killed):
                operator.enrol("pump-1")
        key = (operator.folder.of("pump-1") / "key.pem").read_bytes()
        assert registered(operator) == []
        assert outcomes(operator.enrol("pump-1")) == {"pump-1": "issued"}
        assert (operator.folder.of("pump-1") / "key.pem").read_bytes() == key
        assert len(registered(operator)) == 1

    def test_between_register_and_chain(self, operator, monkeypatch):
        def killed(*_, **__):
            raise Killed

        with monkeypatch.context() as patch:
            patch.setattr(DeviceFolder, "write_chain", killed)
            with pytest.raises(Killed):
                operator.enrol("pump-1", "pump-2")
        assert len(registered(operator)) == 2
        assert outcomes(operator.another(operator.folder.path).enrol("pump-1", "pump-2")) == {
            "pump-1": "kept",
            "pump-2": "kept",
        }
        assert len(registered(operator)) == 2
        for device in ("pump-1", "pump-2"):
            leaf = certificates(operator.chain(device))[0]
            key = load_pem_private_key((operator.folder.of(device) / "key.pem").read_bytes(), None)
            assert leaf.public_key() == key.public_key()


class TestTwoOperators:
    def test_the_slower_one_finds_the_device_taken(self, operator, tmp_path, monkeypatch):
        fast, slow = operator.another(tmp_path / "fast"), operator.another(tmp_path / "slow")
        key_or_new = DeviceFolder.key_or_new

        def meanwhile(folder, device):
            made = key_or_new(folder, device)
            if folder.path.name == "slow" and device == "pump-1":
                fast.enrol("pump-1")
            return made

        monkeypatch.setattr(DeviceFolder, "key_or_new", meanwhile)
        assert outcomes(slow.enrol("pump-1", "pump-2")) == {"pump-1": "elsewhere", "pump-2": "issued"}
        assert not (tmp_path / "slow" / "pump-1" / "chain.pem").exists()
        found = registered(operator)
        assert sorted(each.issued.device for each in found) == ["pump-1", "pump-2"]


class TestRequests:
    def request(self, folder, device, key=None, name=None):
        key = key or ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name or device)])
        built = x509.CertificateSigningRequestBuilder().subject_name(subject)
        # A request may ask for whatever it likes: it is given a device's certificate.
        built = built.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        path = folder / f"{device}.csr"
        path.write_bytes(built.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
        return key, path

    def test_the_device_keeps_its_key(self, operator, tmp_path):
        key, path = self.request(tmp_path, "pump-1")
        assert outcomes(operator.enrol("pump-1", requests={"pump-1": path})) == {"pump-1": "issued"}
        device, _ = certificates(operator.chain("pump-1"))
        assert device.public_key() == key.public_key()
        assert not device.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
        assert [file.name for file in operator.folder.of("pump-1").iterdir()] == ["chain.pem"]
        assert outcomes(operator.enrol("pump-1", requests={"pump-1": path})) == {"pump-1": "kept"}

    def test_a_request_with_another_key_does_not_take_a_device_over(self, operator, tmp_path):
        _, path = self.request(tmp_path, "pump-1")
        operator.enrol("pump-1", requests={"pump-1": path})
        _, path = self.request(tmp_path, "pump-1")
        assert outcomes(operator.enrol("pump-1", requests={"pump-1": path})) == {"pump-1": "elsewhere"}

    def test_one_wrong_request_stops_all_before_anything_is_issued(self, operator, tmp_path):
        _, good = self.request(tmp_path, "pump-1")
        _, bad = self.request(tmp_path, "pump-2", name="pump-9")
        with pytest.raises(OpsError) as caught:
            operator.enrol("pump-1", "pump-2", requests={"pump-1": good, "pump-2": bad})
        assert caught.value.code == ExitCode.CERTIFICATE_REQUEST
        assert registered(operator) == []


class TestRefused:
    def test_no_right_to_the_key(self, operator):
        operator.plane.store.add_fault(Kind.ROLE_LAG, "*/secrets/device-ca-key-1", 1, 0)
        with pytest.raises(OpsError, match="AuthorizationFailed") as caught:
            operator.enrol("pump-1")
        assert caught.value.code == ExitCode.FORBIDDEN

    def test_no_right_to_the_register(self, operator):
        operator.plane.store.add_fault(Kind.ROLE_LAG, "*/containers/register", 1, 0)
        with pytest.raises(OpsError) as caught:
            operator.enrol("pump-1")
        assert caught.value.code == ExitCode.FORBIDDEN
        assert not operator.folder.path.exists()

    def test_a_key_that_is_not_in_the_vault(self, operator):
        operator.plane.store.remove(next(r.id for r in operator.plane.store.all() if r.id.endswith("device-ca-key-1")))
        with pytest.raises(OpsError, match="SecretNotFound") as caught:
            operator.enrol("pump-1")
        assert caught.value.code == ExitCode.NOT_DEPLOYED

    def test_an_authority_that_has_ended(self, operator):
        with pytest.raises(OpsError) as caught:
            operator.enrol("pump-1", now=BORN + timedelta(days=3650))
        assert caught.value.code == ExitCode.AUTHORITY
        assert registered(operator) == []


class TestCsv:
    def write(self, folder, text, encoding="utf-8"):
        path = folder / "devices.csv"
        path.write_bytes(text.encode(encoding))
        return path

    @pytest.mark.parametrize(
        "text", ["device\npump-1\npump-2\n", "\ufeffdevice\r\npump-1\r\npump-2\r\n", "a,device\n1,pump-1\n2,pump-2"]
    )
    def test_devices_in_order(self, tmp_path, text):
        assert wanted_in(self.write(tmp_path, text)) == [Wanted("pump-1"), Wanted("pump-2")]

    def test_requests_lie_beside_the_file(self, tmp_path):
        found = wanted_in(self.write(tmp_path, "device,csr\npump-1,pump-1.csr\npump-2,\n"))
        assert found == [Wanted("pump-1", tmp_path / "pump-1.csr"), Wanted("pump-2")]

    @pytest.mark.parametrize(
        ("text", "code", "words"),
        [
            ("", ExitCode.LOCAL_FILE, ["has no column 'device'; found: nothing"]),
            ("pump-1\npump-2\n", ExitCode.LOCAL_FILE, ["has no column 'device'; found: pump-1"]),
            (
                "device\npump 1\npump-2\npump-2\n\u00fc\n",
                ExitCode.DEVICE_ID,
                ["3 wrong rows", "line 2: 'pump 1'", "line 4: pump-2 a second time", "line 5"],
            ),
            ('device\n"pump-1\n', ExitCode.LOCAL_FILE, ["cannot be read"]),
        ],
    )
    def test_a_wrong_file_is_told_with_every_row(self, tmp_path, text, code, words):
        with pytest.raises(OpsError) as caught:
            wanted_in(self.write(tmp_path, text))
        assert caught.value.code == code
        for word in words:
            assert word in str(caught.value)

    def test_a_file_that_is_not_there_or_no_text(self, tmp_path):
        with pytest.raises(OpsError, match="cannot be read"):
            wanted_in(tmp_path / "no.csv")
        with pytest.raises(OpsError, match="cannot be read"):
            wanted_in(self.write(tmp_path, "device\npümp", "latin-1"))


def test_progress_is_told_by_batches_and_each_batch_is_one_write(operator):
    told = []
    devices = [f"pump-{number}" for number in range(250)]
    appended = []
    append = operator.platform.register._container.append
    operator.platform.register._container.append = lambda name, data, *, at: (
        appended.append(data.count(b"\n")) or append(name, data, at=at)
    )
    found = enrol(
        operator.platform,
        operator.folder,
        [Wanted(device) for device in devices],
        renew_within=None,
        now=NOW,
        done=told.append,
    )
    assert [each.device for each in found] == devices
    assert told == appended == [100, 100, 50]
    assert len({each.serial for each in found}) == 250
    assert all(isinstance(each.issued, Issued) for each in registered(operator))
