"""The CRL app as its container runs it: the project's script in the image's shell and tools, a real nginx."""

import signal
import subprocess
import time

import psutil
import pytest

from tests.servers import crl_store
from tests.servers.crl_replica import LIST, Replica
from tests.servers.crl_store import DER, HEADER, TOKEN, crl
from tests.servers.haproxy_process import until
from tools.servers import search_path

# The tools the image has from BusyBox; nginx and curl are their own programs in it too.
APPLETS = ("base64", "cat", "date", "grep", "head", "mkdir", "mv", "printf", "rm", "sed", "sh", "sleep", "wc")


@pytest.fixture(scope="module", params=["busybox", "debian"])
def tools(request, tmp_path_factory):
    """A PATH with the image's tools, and one with this machine's."""
    if request.param == "debian":
        return search_path()
    folder = tmp_path_factory.mktemp("bin")
    for applet in APPLETS:
        (folder / applet).symlink_to("/bin/busybox")
    for program in ("nginx", "curl"):
        (folder / program).symlink_to(subprocess.check_output(["which", program], text=True).strip())
    return str(folder)


@pytest.fixture
def azure():
    with crl_store.azure() as made:
        yield made


@pytest.fixture
def app(azure, tools):
    made = []

    def start(**given):
        made.append(Replica(azure, tools, **given))
        return made[-1]

    yield start
    for each in made:
        each.end()


def test_a_list_of_the_store_is_served_as_it_is(azure, app):
    azure.blobs[LIST] = crl()
    replica = app()
    until(lambda: replica.get("/ready") == 200, 10)
    answer = replica.answer(f"/{LIST}")
    assert answer.content == azure.blobs[LIST]
    assert answer.headers["Content-Type"] == "application/x-pem-file"
    assert replica.last()["state"] == "current"
    assert azure.refused == []


def test_a_new_list_is_served_within_a_round(azure, app):
    azure.blobs[LIST] = crl(begins=-2)
    replica = app()
    until(lambda: replica.get(f"/{LIST}") == 200, 10)
    azure.blobs[LIST] = crl(begins=-1)
    until(lambda: replica.answer(f"/{LIST}").content == azure.blobs[LIST], 10)


def test_the_last_good_list_is_served_while_the_store_is_away(azure, app):
    azure.blobs[LIST] = crl()
    replica = app()
    until(lambda: replica.get(f"/{LIST}") == 200, 10)
    azure.away = True
    replica.rounds(2)
    assert replica.answer(f"/{LIST}").content == azure.blobs[LIST]
    assert (replica.last()["store"], replica.last()["status"]) == ("away", "503")
    assert replica.last()["state"] == "current"
    azure.away = False
    replica.rounds(2)
    assert replica.last()["store"] == "current"


@pytest.mark.parametrize(
    ("replacement", "became"),
    [
        (b"", "refused"),
        (b"<html>not a list</html>", "refused"),
        (crl(encoding=DER), "refused"),
        (crl()[:-40], "refused"),
        (b"-----BEGIN X509 CRL-----\n!!!\n-----END X509 CRL-----\n", "refused"),
        (crl(begins=-3), "older"),
    ],
)
def test_what_is_no_list_or_an_older_one_never_replaces_a_good_one(azure, app, replacement, became):
    good = crl(begins=-1)
    azure.blobs[LIST] = good
    replica = app()
    until(lambda: replica.get(f"/{LIST}") == 200, 10)
    azure.blobs[LIST] = replacement
    until(lambda: replica.last().get("store") == became, 10)
    assert replica.answer(f"/{LIST}").content == good


@pytest.mark.parametrize(
    ("begins", "ends", "state"),
    [(-1, 6, "current"), (-3, 3.1, "current"), (-4, 3, "due"), (-7, -0.01, "expired")],
)
def test_the_log_says_how_long_a_list_is_in_force(azure, app, begins, ends, state):
    azure.blobs[LIST] = crl(begins=begins, ends=ends)
    replica = app()
    until(lambda: replica.last().get("store") == "current", 10)
    line = replica.last()
    assert line["state"] == state
    assert line["secondsOfLife"] == pytest.approx((ends - begins) * 86_400, abs=5)
    assert line["secondsLeft"] == pytest.approx(ends * 86_400, abs=30)


def test_a_list_that_nobody_made_yet_is_absent_and_the_replica_ready(azure, app):
    replica = app()
    until(lambda: replica.get("/ready") == 200, 10)
    assert replica.get(f"/{LIST}") == 404
    assert (replica.last()["state"], replica.last()["store"]) == ("absent", "missing")


def test_a_new_replica_without_lists_waits_for_the_store_but_not_for_ever(azure, app):
    azure.away = True
    replica = app(pause="1")
    assert replica.get("/ready") == 404
    replica.rounds(2)
    assert replica.get("/ready") == 404
    until(lambda: replica.get("/ready") == 200, 15)


def test_every_trusted_ca_has_its_list(azure, app):
    azure.blobs |= {"device-ca-1.crl": crl(begins=-2), "device-ca-2.crl": crl(begins=-1)}
    replica = app(lists=("device-ca-1.crl", "device-ca-2.crl"))
    for name in ("device-ca-1.crl", "device-ca-2.crl"):
        until(lambda: replica.get(f"/{name}") == 200, 10)  # noqa: B023 - waited for at once
        assert replica.answer(f"/{name}").content == azure.blobs[name]


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/", "GET", 404),
        ("/nginx.conf", "GET", 404),
        ("/token", "GET", 404),
        ("/../nginx.conf", "GET", 404),
        (f"/{LIST}", "HEAD", 200),
        (f"/{LIST}", "PUT", 403),
        (f"/{LIST}", "DELETE", 403),
    ],
)
def test_nothing_but_lists_is_served_and_nothing_is_taken(azure, app, path, method, status):
    azure.blobs[LIST] = crl()
    replica = app()
    until(lambda: replica.get(f"/{LIST}") == 200, 10)
    assert replica.answer(path, method).status_code == status


def test_secrets_are_in_no_process_list_and_in_no_log(azure, app):
    azure.blobs[LIST] = crl()
    replica = app(pause="0.01")
    seen = set()
    ends = time.monotonic() + 3
    while time.monotonic() < ends:
        for child in psutil.Process(replica.process.pid).children(recursive=True):
            try:
                seen.add(" ".join(child.cmdline()))
            except (psutil.NoSuchProcess, psutil.ZombieProcess):
                continue
    assert any("curl" in line for line in seen)
    assert not any(secret in line for line in [*seen, replica.text()] for secret in (HEADER, TOKEN))
    assert not [path for path in (replica.folder / "crl").rglob("*") if path.is_file() and TOKEN in path.read_text()]


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGQUIT])
def test_a_stop_ends_the_server_too(azure, app, how):
    azure.blobs[LIST] = crl()
    replica = app(pause="30")
    until(lambda: replica.get(f"/{LIST}") == 200, 10)
    children = psutil.Process(replica.process.pid).children(recursive=True)
    replica.process.send_signal(how)
    assert replica.process.wait(timeout=5) == 0
    _, alive = psutil.wait_procs(children, timeout=5)
    assert alive == []


def test_when_the_server_dies_the_container_ends(azure, app):
    azure.blobs[LIST] = crl()
    replica = app()
    until(lambda: replica.get(f"/{LIST}") == 200, 10)
    main = psutil.Process(int((replica.folder / "crl" / "nginx.pid").read_text()))
    workers = main.children()
    main.kill()
    assert replica.process.wait(timeout=10) == 1
    # In a container they end with it.
    for worker in workers:
        worker.kill()
