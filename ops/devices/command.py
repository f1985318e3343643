"""``python -m ops devices``."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from ops.devices import bundle as bundles
from ops.devices import enrol as enrolment
from ops.devices import lists, platform
from ops.devices import revoke as revocation
from ops.devices.device_id import device_id
from ops.devices.enrol import Enrolment, Outcome, Wanted
from ops.devices.folder import DeviceFolder
from ops.devices.listing import listed
from ops.devices.records import Reason
from ops.devices.register import Status
from ops.errors import ExitCode, OpsError
from ops.terminal import JsonOption, StackOption, console, mended, output

app = typer.Typer(help="Certificates of devices: enrol, list, revoke, bundle.", no_args_is_help=True)

SandboxOption = Annotated[
    bool, typer.Option("--sandbox", help="The stack on the sandbox; inside `sandbox exec` this is known.")
]
OutOption = Annotated[Path, typer.Option("--out", "-o", help="Folder with a folder of each device: key and chain.")]
DeviceArgument = Annotated[str, typer.Argument(help="Device id: 3 to 32 lower-case letters, digits and `-`.")]

_FOLDER = Path("devices")


@app.command()
@mended
def enrol(
    device: Annotated[str | None, typer.Argument(help="Device id; or use --from-csv.")] = None,
    from_csv: Annotated[Path | None, typer.Option("--from-csv", help="CSV file: device[,csr], one a line.")] = None,
    csr: Annotated[Path | None, typer.Option("--csr", help="The device's own certificate request (PEM).")] = None,
    stack: StackOption = "dev",
    out: OutOption = _FOLDER,
    renew_within: Annotated[
        int | None,
        typer.Option(
            min=0, metavar="DAYS", help="Renew what ends within so many days, and what an older CA has signed."
        ),
    ] = None,
    *,
    sandbox: SandboxOption = False,
    as_json: JsonOption = False,
) -> None:
    """Give devices their keys and certificates. It may be killed and run again: nothing is made twice."""
    if (device is None) == (from_csv is None) or (csr is not None and device is None):
        raise typer.BadParameter("name one device, with --csr for its own request, or a file with --from-csv")
    wanted = enrolment.wanted_in(from_csv) if from_csv is not None else [Wanted(device_id(device or ""), csr)]
    within = timedelta(days=renew_within) if renew_within is not None else None
    folder = DeviceFolder(out)
    with platform.opened(stack, sandbox=sandbox) as opened, _progress(len(wanted), quiet=as_json) as done:
        found = enrolment.enrol(opened, folder, wanted, renew_within=within, now=_now(), done=done)
    if as_json:
        _print_json(found)
    else:
        _tell(found, out)
    elsewhere = [each for each in found if each.outcome is Outcome.ELSEWHERE]
    if elsewhere:
        raise _enrolled_elsewhere(elsewhere)


@app.command(name="list")
@mended
def list_devices(
    stack: StackOption = "dev",
    status: Annotated[Status | None, typer.Option(help="Only those.")] = None,
    generation: Annotated[int | None, typer.Option(min=1, help="Only those a CA of this generation signed.")] = None,
    ends_within: Annotated[int | None, typer.Option(min=0, help="Only those that end within so many days.")] = None,
    *,
    sandbox: SandboxOption = False,
    as_json: JsonOption = False,
) -> None:
    """List the certificates that were issued, and what they are good for."""
    within = timedelta(days=ends_within) if ends_within is not None else None
    with platform.opened(stack, sandbox=sandbox) as opened:
        rows = listed(opened, status=status, generation=generation, ends_within=within, now=_now())
    if as_json:
        _print_json(rows)
        return
    table = Table("device", "status", "until", "CA", title=f"stack {stack}: {len(rows)} certificates")
    table.add_column("serial", overflow="fold")
    table.add_column("reason")
    for row in rows:
        table.add_row(row.device, row.status, f"{row.not_after:%Y-%m-%d}", str(row.generation), row.serial, row.reason)
    output.print(table)


@app.command()
@mended
def revoke(
    device: DeviceArgument,
    stack: StackOption = "dev",
    reason: Annotated[Reason, typer.Option(help="Shown on the revocation list.")] = Reason.UNSPECIFIED,
    serial: Annotated[str | None, typer.Option(help="One certificate alone, by its serial in `list`.")] = None,
    *,
    sandbox: SandboxOption = False,
    as_json: JsonOption = False,
) -> None:
    """Revoke a device's certificates. Brokers refuse it from the next revocation list on: run `crl` afterwards."""
    device_id(device)
    with platform.opened(stack, sandbox=sandbox) as opened:
        revoked = revocation.revoke(opened, device, reason=reason, serial=serial, now=_now())
    if as_json:
        _print_json(revoked)
        return
    for each in revoked:
        console.print(f"{device}: {each.serial} is revoked ({each.reason}, {each.at:%Y-%m-%d %H:%M} by {each.by})")
    console.print("brokers refuse it from the next revocation list on: `python -m ops devices crl`")


@app.command()
@mended
def crl(
    stack: StackOption = "dev",
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Write the lists into this folder as well.")] = None,
    *,
    publish: Annotated[bool, typer.Option(help="Put the lists where brokers fetch them.")] = True,
    sandbox: SandboxOption = False,
    as_json: JsonOption = False,
) -> None:
    """Sign the revocation list of every trusted CA and put it where brokers fetch it."""
    with platform.opened(stack, sandbox=sandbox) as opened:
        signed = lists.sign_lists(opened, publish=publish, out=out, now=_now())
    if as_json:
        _print_json(signed)
        return
    for each in signed:
        place = "published" if each.published else "a newer one is there already" if publish else "not published"
        console.print(
            f"device CA {each.generation}: list {each.number} with {each.entries} entries, to be replaced before "
            f"{each.next_update:%Y-%m-%d %H:%M} UTC; {place}",
            soft_wrap=True,
        )


@app.command()
@mended
def bundle(
    device: DeviceArgument,
    stack: StackOption = "dev",
    out: OutOption = _FOLDER,
    password_file: Annotated[
        Path | None, typer.Option("--password-file", help="File with the PKCS#12 password in its first line.")
    ] = None,
    *,
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="Read the password from stdin.")] = False,
    sandbox: SandboxOption = False,
    as_json: JsonOption = False,
) -> None:
    """Write what a device is given: bundle.pem, bundle.p12 and roots.pem. The password is never an argument."""
    device_id(device)
    folder = DeviceFolder(out)
    with platform.opened(stack, sandbox=sandbox) as opened:
        password = _password(password_file, stdin=password_stdin) if folder.key(device) is not None else None
        written = bundles.bundle(opened, folder, device, password=password, now=_now())
    if as_json:
        _print_json(written)
        return
    for file in filter(None, (written.pem, written.pkcs12, written.roots)):
        console.print(file, soft_wrap=True)
    if not written.pkcs12:
        console.print("no PKCS#12 file: the device's key is not here")


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


@contextmanager
def _progress(total: int, *, quiet: bool) -> Iterator[Callable[[int], None]]:
    """A progress bar on standard error; the block gets what moves it."""
    columns = (TextColumn("devices"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=quiet or total == 1) as bar:
        task = bar.add_task("devices", total=total)
        yield lambda count: bar.advance(task, count)


def _password(file: Path | None, *, stdin: bool) -> str:
    if file is not None and stdin:
        raise typer.BadParameter("give --password-file or --password-stdin, not both")
    if file is not None:
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise OpsError(
                ExitCode.LOCAL_FILE,
                f"{file} cannot be read: {error}",
                "Name a file with the password in its first line.",
            ) from error
        return bundles.checked_password(lines[0] if lines else "")
    if stdin:
        return bundles.checked_password(sys.stdin.readline().rstrip("\r\n"))
    return bundles.checked_password(
        typer.prompt("password of bundle.p12", hide_input=True, confirmation_prompt=True, err=True)
    )


def _tell(found: Sequence[Enrolment], out: Path) -> None:
    counts = {outcome: sum(each.outcome is outcome for each in found) for outcome in Outcome}
    told = ", ".join(f"{count} {outcome}" for outcome, count in counts.items() if count) or "no devices"
    console.print(f"{told}; keys and chains in {out}", soft_wrap=True)


def _enrolled_elsewhere(found: Sequence[Enrolment]) -> OpsError:
    shown = "\n".join(f"  {each.device}: {each.serial}, until {each.not_after:%Y-%m-%d}" for each in found[:20])
    more = f"\n  and {len(found) - 20} more" if len(found) > 20 else ""
    return OpsError(
        ExitCode.ENROLLED_ALREADY,
        f"{len(found)} devices have a certificate for a key that is not here:\n{shown}{more}",
        "Go on where they were enrolled; or `revoke` the device, then enrol it here.",
    )


def _print_json(value: Any) -> None:
    rows = [asdict(each) for each in value] if isinstance(value, list) else asdict(value)
    typer.echo(json.dumps(rows, indent=2, default=lambda each: each.isoformat()))
