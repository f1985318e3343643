"""The real servers and parsers that `tests/servers` runs: `python -m tools.servers` installs what is missing.

They come from Debian's packages. As root on a Debian machine they are installed; anywhere else the command names what
is missing and how to get it. PostgreSQL itself comes from npm, for Debian's is older than the platform's, and so does
the parser of KQL.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from tools import exit_codes, kusto_queries, npm, postgresql


@dataclass(frozen=True, slots=True)
class Package:
    """A Debian package, a command that tells whether it is there, and what the tests do with it."""

    name: str
    command: tuple[str, ...]
    used_for: str


PACKAGES: Final[tuple[Package, ...]] = (
    Package("haproxy", ("haproxy", "-v"), "the edge's configuration and real traffic through it"),
    Package("mosquitto", ("mosquitto", "-h"), "the topic contract on a real MQTT broker"),
    Package("openssl", ("openssl", "version"), "its verdict on devices' certificates and revocation lists"),
    Package("erlang-base", ("erl", "-noshell", "-eval", "halt()."), "the parser of acl.conf"),
    Package(
        "erlang-ssl",
        ("erl", "-noshell", "-eval", "{ok, _} = application:ensure_all_started(ssl), halt()."),
        "a TLS listener with the options EMQX passes on",
    ),
    Package(
        "erlang-jose",
        ("erl", "-noshell", "-eval", "{module, _} = code:ensure_loaded(jose_jws), halt()."),
        "the library EMQX verifies tokens with",
    ),
    Package(
        "erlang-jiffy",
        ("erl", "-noshell", "-eval", "{module, _} = code:ensure_loaded(jiffy), halt()."),
        "the library EMQX reads JSON with",
    ),
    Package("ejabberd", ("ejabberdctl",), "an MQTT broker that takes tokens"),
    Package(
        "erlang-inets",
        ("erl", "-noshell", "-eval", "{ok, _} = application:ensure_all_started(inets), halt()."),
        "fetching a revocation list as EMQX does",
    ),
    Package("nginx-light", ("nginx", "-v"), "the web server of the revocation lists"),
    Package("curl", ("curl", "--version"), "what brings the revocation lists, and the jobs' requests"),
    Package("busybox", ("busybox", "true"), "the shell and tools of the images that are built on Alpine"),
    Package("postgresql-client", ("psql", "--version"), "the migrations of the broker's database"),
    Package(
        "prometheus", ("prometheus", "--version"), "the collectors' files and what they scrape; the alerts' PromQL"
    ),
)
"""What the lane needs of Debian 12. Versions are those of the distribution; the tests print them."""

# Debian installs servers into folders that are not on everyone's path.
_SERVER_FOLDERS: Final = ("/usr/sbin", "/sbin")


def search_path() -> str:
    """The PATH with the folders Debian installs servers to."""
    return os.pathsep.join([os.environ.get("PATH", ""), *_SERVER_FOLDERS])


def present(package: Package) -> bool:
    """Whether the package's command runs."""
    program = shutil.which(package.command[0], path=search_path())
    if program is None:
        return False
    # mosquitto -h ends with 3: that it starts is what counts, except for Erlang, where an application must load.
    done = subprocess.run([program, *package.command[1:]], capture_output=True, check=False, stdin=subprocess.DEVNULL)
    return done.returncode == 0 if package.command[0] == "erl" else done.returncode >= 0


def missing() -> list[Package]:
    """Packages whose command does not run here."""
    return [package for package in PACKAGES if not present(package)]


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def _install(packages: Iterable[Package]) -> int:
    names = [package.name for package in packages]
    _say(f"servers: installing {', '.join(names)}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *names],
    ):
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
        )
        if done.returncode != 0:
            _say(f"servers: `{' '.join(command)}` failed:\n{done.stdout}{done.stderr}")
            return done.returncode
    return 0


def _install_from_npm() -> int:
    for name, package in (("PostgreSQL", postgresql), ("Kusto's language service", kusto_queries)):
        if not package.installed():
            _say(f"servers: installing {name} from npm")
            try:
                package.install()
            except npm.NpmError as error:
                _say(f"servers: {error}")
                return exit_codes.NO_SERVERS
    return 0


def main() -> int:
    """Install what is missing, or name it; the exit code."""
    lacking = missing()
    if lacking and os.geteuid() == 0 and shutil.which("apt-get"):
        _install(lacking)
        lacking = missing()
    if not lacking:
        return _install_from_npm()
    for package in lacking:
        _say(f"servers: {package.name} is missing: {package.used_for}")
    names = " ".join(package.name for package in lacking)
    _say(f"  install them: apt-get install {names}")
    return exit_codes.NO_SERVERS


if __name__ == "__main__":
    sys.exit(main())
