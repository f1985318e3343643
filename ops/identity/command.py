"""``python -m ops identity``: the inside of the identity tenant, and what a token is worth."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any, Final

import httpx
import jwt
import typer

from ops.errors import ExitCode, OpsError
from ops.identity.empty_tenant import EmptyTenant
from ops.identity.findings import UNKNOWN, Finding, Known, Outcome
from ops.identity.graph import ADDRESS, Graph
from ops.identity.login import GRAPH_TOOLS, Login, login_to
from ops.identity.steps import Tenant, policies, steps
from ops.identity.token_judge import TokenRules, Verdict, judge, key_set
from ops.pulumi_stack import PulumiStack
from ops.rights import database, names
from ops.rights.reach import reached
from ops.stack_file import settings_of
from ops.terminal import FileOption, JsonOption, StackOption, console, mended
from topics import acl_rows
from topics.acl_rows import Row

app = typer.Typer(help="The identity tenant: policies, user flow, app registrations; tokens.", no_args_is_help=True)

_SECONDS: Final = 5  # as long as EMQX waits for keys


LoginOption = Annotated[
    Login,
    typer.Option("--login", help="A code for a browser, or the pipeline's federated identity."),
]
ClientOption = Annotated[
    str,
    typer.Option(
        "--client-id", help="Public client to log in by with a code; else Microsoft Graph Command Line Tools."
    ),
]


@app.command()
@mended
def plan(
    stack: StackOption = "dev",
    config_file: FileOption = None,
    login: LoginOption = Login.DEVICE_CODE,
    client: ClientOption = GRAPH_TOOLS,
    *,
    offline: Annotated[bool, typer.Option("--offline", help="Without a login, as of an empty tenant.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Show what the tenant lacks and what is otherwise there; change nothing."""
    tenant, known, found = _tenant(stack, config_file), Known(), []
    graph = Graph(str, transport=EmptyTenant()) if offline else _graph(tenant, login, client)
    for each in steps(graph, tenant, known):
        found.append(each)
        _tell(each, as_json=as_json)
    _end(found, known, carried_out=False, as_json=as_json)


@app.command()
@mended
def apply(
    stack: StackOption = "dev",
    config_file: FileOption = None,
    login: LoginOption = Login.DEVICE_CODE,
    client: ClientOption = GRAPH_TOOLS,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Carry it out; without it this is `plan`.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Bring the tenant to what the data says. It may be killed and run again: it looks before it changes."""
    if not yes:
        plan(stack, config_file, login, client, as_json=as_json)
        return
    tenant, known, found = _tenant(stack, config_file), Known(), []
    for each in steps(_graph(tenant, login, client), tenant, known):
        if each.carry_out is not None:
            each.carry_out()
        found.append(each)
        _tell(each, as_json=as_json)
    _end(found, known, carried_out=True, as_json=as_json)


@app.command()
@mended
def render(
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the files; made where it is not there.")],
    stack: StackOption = "dev",
    config_file: FileOption = None,
) -> None:
    """Write Azure AD B2C's policies of an environment into files, to be read or held against another schema."""
    tenant = _tenant(stack, config_file)
    if tenant.mode != "b2c":
        raise OpsError(
            ExitCode.SIGN_IN_SETTINGS,
            f"identity.mode is {tenant.mode}: it has no custom policies; allowed is b2c",
            "`plan --offline` shows the user flow and the app registrations of External ID.",
        )
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, text in policies(tenant, Known()).items():
            (out / f"{name}.xml").write_text(text, encoding="utf-8")
            console.print(f"wrote {out / name}.xml", soft_wrap=True)
    except OSError as error:
        raise OpsError(
            ExitCode.LOCAL_FILE, f"{out} cannot be written: {error.strerror}", "Name a folder of yours."
        ) from error


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """The broker's verdict on a token, and what its user may do.

    rows: of the contract for the devices that were named, and of the database where it was asked.
    """

    verdict: Verdict
    rows: tuple[Row, ...]


@app.command()
@mended
def check(
    token: Annotated[Path, typer.Argument(help="File with the token; a token is never an argument.")],
    stack: StackOption = "dev",
    device: Annotated[list[str] | None, typer.Option("--device", help="As if the user owned it. Repeatable.")] = None,
    *,
    rights: Annotated[bool, typer.Option("--rights", help="Ask the database for all the user may do.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Say whether the broker would take a token, and which topics it opens."""
    outputs = PulumiStack(stack).outputs()
    rules = _rules(stack, outputs)
    verdict = judge(_token(token), _keys(outputs["tokenKeys"]), rules, now=time.time())
    rows = [row for each in device or () for row in acl_rows.app_rows(names.device(each))]
    if verdict.taken:
        rows += _held(stack, names.user(verdict.username)) if rights else []
    done = Check(verdict=verdict, rows=tuple(rows))
    if as_json:
        typer.echo(json.dumps(asdict(done), indent=2))
    else:
        _tell_check(done)
    if not verdict.taken:
        raise typer.Exit(ExitCode.TOKEN)


def _tenant(stack: str, config_file: str | None) -> Tenant:
    found = settings_of(stack, config_file)
    identity = found.identity
    if identity.mode == "existing":
        raise OpsError(
            ExitCode.SIGN_IN_SETTINGS,
            "identity.mode is existing: the tenant is somebody else's, and nothing in it is changed from here",
            "docs/runbooks/identity.md says what its owner has to register.",
        )
    return Tenant(
        mode=identity.mode,
        name=identity.tenant,
        policy=identity.policy,
        zone=found.domain.zone,
        environment=found.environment,
    )


def _graph(tenant: Tenant, login: Login, client: str) -> Graph:
    return Graph(login_to(tenant.name, tenant.mode, login, client), ADDRESS)


def _tell(found: Finding, *, as_json: bool) -> None:
    if as_json:
        return
    marks = {Outcome.SAME: " ", Outcome.CREATE: "+", Outcome.UPDATE: "~"}
    console.print(f"{marks[found.outcome]} {found.step}", markup=False, soft_wrap=True)
    for each in found.differences:
        was = "" if found.outcome is Outcome.CREATE else f"{each.found!r} -> "
        console.print(f"    {each.path}: {was}{each.wanted!r}", markup=False, soft_wrap=True)
    for line in found.lines:
        console.print(f"    {line}", markup=False, soft_wrap=True)


def _end(found: list[Finding], known: Known, *, carried_out: bool, as_json: bool) -> None:
    audience = known.clients.get("broker", "")
    counts = {outcome: sum(each.outcome is outcome for each in found) for outcome in Outcome}
    principals = {key: known.principals[key] for key in known.clients if key in known.principals}
    if as_json:
        rows = [
            {
                "step": f.step,
                "outcome": f.outcome,
                "differences": [asdict(d) for d in f.differences],
                "lines": list(f.lines),
            }
            for f in found
        ]
        told = {
            "carriedOut": carried_out,
            "audience": audience,
            "clients": known.clients,
            "principals": principals,
            "steps": rows,
        }
        typer.echo(json.dumps(told, indent=2))
        return
    verb = "done" if carried_out else "to do"
    console.print(f"{counts[Outcome.CREATE]} to create, {counts[Outcome.UPDATE]} to change: {verb}")
    for key, client in known.clients.items():
        console.print(f"{key}: {client}, service principal {principals.get(key, UNKNOWN)}", soft_wrap=True)
    if audience:
        console.print(f"identity.audience: {audience}")
    if not carried_out and counts[Outcome.SAME] < len(found):
        console.print("`apply --yes` carries it out")


def _rules(stack: str, outputs: Mapping[str, Any]) -> TokenRules:
    wanted = ("tokenIssuer", "tokenKeys", "tokenAudience", "tokenUsernameClaim")
    if not all(outputs.get(name) for name in wanted):
        raise OpsError(
            ExitCode.NOT_DEPLOYED,
            f"the broker of stack {stack} takes no tokens yet: {', '.join(n for n in wanted if not outputs.get(n))}",
            "Set identity.tenantId and identity.audience, then `pulumi up`: docs/runbooks/identity.md.",
        )
    return TokenRules(
        issuer=outputs["tokenIssuer"], audience=outputs["tokenAudience"], username_claim=outputs["tokenUsernameClaim"]
    )


def _token(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise OpsError(ExitCode.LOCAL_FILE, f"{path} cannot be read: {error}", "Name a file with the token.") from error


def _keys(address: str) -> tuple[jwt.PyJWK, ...]:
    try:
        answer = httpx.get(address, timeout=_SECONDS, follow_redirects=False)
        return key_set(answer.text)
    except (httpx.HTTPError, ValueError) as error:
        raise OpsError(
            ExitCode.OUT_OF_REACH,
            f"the tenant's keys cannot be read from {address}: {error}",
            "The broker reads them from there too: it goes on with the last ones, and has none after a start.",
        ) from error


def _held(stack: str, username: str) -> list[Row]:
    """Every row the broker would find: devices, whether shared or not, relations, single rules."""
    with reached(stack, role=database.OPERATOR) as (held, _):
        return held.acl(username)


def _tell_check(done: Check) -> None:
    verdict = done.verdict
    if verdict.algorithm:
        console.print(f"header: alg {verdict.algorithm}, kid {verdict.key_id}", markup=False, soft_wrap=True)
    if verdict.taken:
        ends = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(verdict.ends)) if verdict.ends else "no end"
        console.print(f"the broker takes it, for user {verdict.username}, until {ends}")
    else:
        console.print(f"the broker refuses it: {verdict.why}", markup=False, soft_wrap=True)
    for remark in verdict.remarks:
        console.print(f"warning: {remark}", markup=False, soft_wrap=True)
    for row in done.rows:
        console.print(f"  {row.action} {row.topic} (QoS {row.qos})", markup=False)
    if verdict.taken and not done.rows:
        console.print(
            "topics: those of the rows the user has; --rights asks the database, --device tells of one device"
        )
