"""The jobs' scripts, run by real shells and a real curl against a double of the APIs."""

import json
import os
import shutil
import subprocess

import pytest

from components.brokers.emqx.api_jobs import script_text
from tests.servers.emqx_api import FILE, KEY, TOKEN, doubles

# The image's shell is busybox; dash is Debian's. Both must take the scripts.
SHELLS = [["dash"], ["busybox", "sh"]]


@pytest.fixture(params=SHELLS, ids=" ".join)
def shell(request):
    assert shutil.which(request.param[0]), f"{request.param[0]} is missing: make servers installs it"
    return request.param


@pytest.fixture
def azure():
    with doubles() as made:
        yield made


def run(shell, script, azure, tmp_path, **variables):
    environment = {
        "PATH": os.environ["PATH"],
        "TMPDIR": str(tmp_path),
        "API_USER": "amora",
        # curl's configuration knows escapes; the platform's keys are letters and digits.
        "API_KEY": KEY.replace("\\", "\\\\"),
        "API_ADDRESSES": f"emqx-1={azure.url} emqx-2={azure.url}",
        **variables,
    }
    return subprocess.run(
        [*shell, "-c", script_text(script)], env=environment, capture_output=True, text=True, check=False, timeout=60
    )


class TestExport:
    @pytest.fixture
    def export(self, shell, azure, tmp_path):
        def go(**variables):
            usual = {
                "CONTAINER_URL": f"{azure.url}/backup",
                "IDENTITY_CLIENT_ID": "client-of-the-job",
                "IDENTITY_ENDPOINT": f"{azure.url}/msi/token",
                "IDENTITY_HEADER": "header-of-the-replica",
            }
            return run(shell, "export.sh", azure, tmp_path, **{**usual, **variables})

        return go

    def test_the_export_lies_in_the_store_as_it_is(self, export, azure):
        done = export()
        assert done.returncode == 0, done.stderr
        assert azure.blobs == {f"/backup/emqx/{FILE}": azure.export}
        said = json.loads(done.stdout)
        assert said == {
            "event": "backup",
            "outcome": "done",
            "node": "emqx-1",
            "blob": f"emqx/{FILE}",
            "bytes": len(azure.export),
        }

    def test_nothing_of_it_stays_on_the_node_or_in_the_job(self, export, azure, tmp_path):
        assert export().returncode == 0
        assert azure.asked[-1] == ("DELETE", f"/api/v5/data/files/{FILE}")
        assert list(tmp_path.iterdir()) == []

    def test_no_credential_is_said(self, export):
        done = export()
        assert not any(secret in done.stdout + done.stderr for secret in (KEY, TOKEN, "header-of-the-replica"))

    def test_a_dead_node_is_passed_over(self, export, azure):
        done = export(API_ADDRESSES=f"emqx-1=http://127.0.0.1:9 emqx-2={azure.url}")
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["node"] == "emqx-2"

    def test_a_passing_fault_of_the_store_is_survived(self, export, azure):
        azure.status[("PUT", f"/backup/emqx/{FILE}")] = [503]
        assert export().returncode == 0
        assert len(azure.blobs) == 1

    @pytest.mark.parametrize(
        ("variables", "reason"),
        [
            ({"API_KEY": "wrong"}, "no node exports its data"),
            ({"API_ADDRESSES": "emqx-1=http://127.0.0.1:9"}, "no node exports its data"),
            ({"IDENTITY_CLIENT_ID": "another"}, "the identity gives no token"),
        ],
    )
    def test_a_failure_is_said_and_fails_the_job(self, export, azure, variables, reason):
        done = export(**variables)
        assert done.returncode == 1
        assert json.loads(done.stderr.splitlines()[-1]) == {"event": "backup", "outcome": "failed", "reason": reason}
        assert azure.blobs == {}

    def test_half_an_export_is_not_kept(self, export, azure):
        azure.shown_size = len(azure.export) + 1
        done = export()
        assert done.returncode == 1
        assert "the export is not whole" in done.stderr
        assert azure.blobs == {}

    def test_a_name_that_leads_elsewhere_is_refused(self, export, azure):
        azure.file = "../../etc/passwd"
        done = export()
        assert done.returncode == 1
        assert "the answer names no file" in done.stderr

    def test_a_store_that_refuses_fails_the_job_and_the_node_keeps_its_file(self, export, azure):
        azure.status[("PUT", f"/backup/emqx/{FILE}")] = [403] * 8
        done = export()
        assert done.returncode == 1
        assert "the store does not take the export" in done.stderr
        assert not any(method == "DELETE" for method, _ in azure.asked)


class TestImport:
    @pytest.fixture
    def restore(self, shell, azure, tmp_path):
        azure.blobs[f"/backup/emqx/{FILE}"] = azure.export

        def go(**variables):
            usual = {
                "CONTAINER_URL": f"{azure.url}/backup",
                "IDENTITY_CLIENT_ID": "client-of-the-job",
                "IDENTITY_ENDPOINT": f"{azure.url}/msi/token",
                "IDENTITY_HEADER": "header-of-the-replica",
                "IMPORT_FILE": FILE,
                "IMPORT_NODE": "",
            }
            return run(shell, "import.sh", azure, tmp_path, **{**usual, **variables})

        return go

    def test_the_export_comes_back_as_it_was(self, restore, azure):
        done = restore()
        assert done.returncode == 0, done.stderr
        assert azure.files == {FILE: azure.export}
        assert azure.imported == [FILE]
        assert json.loads(done.stdout) == {
            "event": "restore",
            "outcome": "done",
            "node": "emqx-1",
            "blob": f"emqx/{FILE}",
        }

    def test_nothing_of_it_stays_on_the_node_or_in_the_job(self, restore, azure, tmp_path):
        assert restore().returncode == 0
        assert azure.asked[-1] == ("DELETE", f"/api/v5/data/files/{FILE}")
        assert list(tmp_path.iterdir()) == []

    def test_a_dead_node_is_passed_over_unless_it_is_named(self, restore, azure):
        places = f"emqx-1=http://127.0.0.1:9 emqx-2={azure.url}"
        assert json.loads(restore(API_ADDRESSES=places).stdout)["node"] == "emqx-2"
        done = restore(API_ADDRESSES=places, IMPORT_NODE="emqx-1")
        assert done.returncode == 1
        assert "no node takes the export" in done.stderr

    @pytest.mark.parametrize(
        ("variables", "reason"),
        [
            ({"IMPORT_FILE": ""}, "IMPORT_FILE"),
            ({"IMPORT_FILE": "../../etc/passwd"}, "IMPORT_FILE"),
            ({"IMPORT_FILE": ".hidden"}, "IMPORT_FILE"),
            ({"IMPORT_FILE": 'a"b'}, "IMPORT_FILE"),
            ({"IMPORT_FILE": "emqx-export-of-nobody.tar.gz"}, "the store does not give the export"),
            ({"IDENTITY_CLIENT_ID": "another"}, "the identity gives no token"),
            ({"API_KEY": "wrong"}, "emqx-1 does not take the export"),
        ],
    )
    def test_a_failure_is_said_and_fails_the_job(self, restore, azure, variables, reason):
        done = restore(**variables)
        assert done.returncode == 1
        said = json.loads(done.stderr.splitlines()[-1])
        assert (said["event"], said["outcome"]) == ("restore", "failed")
        assert reason in said["reason"]
        assert azure.imported == []

    def test_an_import_that_is_refused_is_shown_and_not_tried_elsewhere(self, restore, azure):
        azure.status[("POST", "/api/v5/data/import")] = [400]
        done = restore()
        assert done.returncode == 1
        assert "WRONG" in done.stderr
        assert "emqx-1 does not import the export" in done.stderr
        assert [each for each in azure.asked if each[1] == "/api/v5/data/import"] == [("POST", "/api/v5/data/import")]

    def test_no_credential_is_said(self, restore):
        done = restore()
        assert not any(secret in done.stdout + done.stderr for secret in (KEY, TOKEN, "header-of-the-replica"))


class TestOperators:
    @pytest.fixture
    def ask(self, shell, azure, tmp_path):
        def go(**variables):
            usual = {
                "REQUEST_METHOD": "GET",
                "REQUEST_PATH": "/api/v5/nodes",
                "REQUEST_BODY": "",
                "REQUEST_NODE": "",
            }
            return run(shell, "api.sh", azure, tmp_path, **{**usual, **variables})

        return go

    def test_the_answer_is_the_log(self, ask):
        done = ask()
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout) == [{"node": "emqx1@10.40.0.9"}]

    def test_a_body_is_sent_as_it_is(self, ask, azure):
        body = '{"as":"clientid","who":"x \'y\' $(z)"}'
        done = ask(REQUEST_METHOD="POST", REQUEST_PATH="/api/v5/banned", REQUEST_BODY=body)
        assert done.returncode == 0, done.stderr
        assert azure.bodies["/api/v5/banned"].decode() == body

    def test_the_first_that_answers_is_enough(self, ask, azure):
        assert ask(API_ADDRESSES=f"emqx-1=http://127.0.0.1:9 emqx-2={azure.url}").returncode == 0
        assert len(azure.asked) == 1

    def test_a_node_is_asked_by_name(self, ask, azure):
        done = ask(API_ADDRESSES=f"emqx-1=http://127.0.0.1:9 emqx-2={azure.url}", REQUEST_NODE="emqx-1")
        assert done.returncode == 1
        assert "no node answered: emqx-1" in done.stderr
        assert azure.asked == []

    def test_a_refusal_is_shown_and_not_sent_to_another(self, ask, azure):
        done = ask(REQUEST_METHOD="DELETE", REQUEST_PATH="/api/v5/nothing")
        assert done.returncode == 1
        assert "NOT_FOUND" in done.stdout
        assert len(azure.asked) == 1

    def test_a_question_without_an_answer_is_put_to_another(self, ask, azure):
        azure.broken = 1
        assert ask().returncode == 0
        assert len(azure.asked) == 2

    @pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
    def test_an_order_without_an_answer_is_given_to_no_other(self, ask, azure, method):
        azure.broken = 1
        done = ask(REQUEST_METHOD=method, REQUEST_PATH="/api/v5/banned", REQUEST_BODY="{}")
        assert done.returncode == 1
        assert "no answer from emqx-1" in done.stderr
        assert len(azure.asked) == 1

    def test_an_order_goes_past_a_place_without_a_node(self, ask, azure):
        places = f"emqx-1=http://127.0.0.1:9 emqx-2={azure.url}"
        done = ask(REQUEST_METHOD="POST", REQUEST_PATH="/api/v5/banned", REQUEST_BODY="{}", API_ADDRESSES=places)
        assert done.returncode == 0, done.stderr

    @pytest.mark.parametrize("path", ["/", "/api/v4/nodes", "@elsewhere/api/v5/", ""])
    def test_only_the_api_is_asked(self, ask, azure, path):
        done = ask(REQUEST_PATH=path)
        assert done.returncode == 2
        assert "allowed: /api/v5/" in done.stderr
        assert azure.asked == []

    def test_the_key_is_not_said(self, ask):
        done = ask()
        assert KEY not in done.stdout + done.stderr
