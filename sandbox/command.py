"""``python -m sandbox``: run Pulumi on the stand-in, look into it, change it behind Pulumi's back, lay faults."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from ops import violations
from sandbox import azure_command, fault_command
from sandbox.exit_codes import ExitCode, SandboxError
from sandbox.session import Session, alone, running, stack_of
from sandbox.terminal import StackOption, mended, say
from sandbox.workspace import Workspace
from tools.engine import EngineError, engine

app = typer.Typer(
    help="A stand-in for Azure: the real Pulumi engine runs against it. Nothing here reaches Azure.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
# Exit codes from here on say that a signal ended the engine: `recover` is what helps then.
_SIGNALLED = 128
PASS_THROUGH = {"allow_extra_args": True, "ignore_unknown_options": True}
PoliciesOption = Annotated[
    bool,
    typer.Option("--policies/--no-policies", help="Judge by the policy pack; without it a run is a third quicker."),
]


def _session(stack: str, run: Callable[[Session], int]) -> None:
    try:
        found = engine()
    except EngineError as error:
        finding, _, mend = str(error).partition("\n")
        raise SandboxError(ExitCode.NO_ENGINE, finding, mend) from error
    with running(Workspace.default(), stack, found.bin_dir) as session:
        say(f"stand-in for Azure, nothing is deployed; stack [bold]{stack}[/], engine {found.version} ({found.way})")
        code = run(session)
    raise typer.Exit(code)


def _pulumi(session: Session, arguments: list[str], *, policies: bool) -> int:
    return session.judged(arguments) if policies else session.pulumi(arguments)


@app.command(context_settings=PASS_THROUGH)
@mended
def run(context: typer.Context, stack: StackOption = "dev") -> None:
    """Run any Pulumi command on the sandbox: [bold]run -- preview --diff[/]. Its exit code is Pulumi's."""
    arguments = context.args
    if not arguments:
        raise SandboxError(ExitCode.USAGE, "no Pulumi command was given", "Write one: python -m sandbox run -- preview")
    _session(stack_of(arguments) or stack, lambda session: session.pulumi(arguments))


@app.command(context_settings=PASS_THROUGH)
@mended
def preview(context: typer.Context, stack: StackOption = "dev", *, policies: PoliciesOption = True) -> None:
    """Preview a stack with the policy pack. Exit code 5: a mandatory rule is violated."""
    _session(stack, lambda session: _pulumi(session, ["preview", *context.args], policies=policies))


@app.command(context_settings=PASS_THROUGH)
@mended
def policy(context: typer.Context, stack: StackOption = "dev") -> None:
    """Judge a stack's plan by the policy pack alone, and list what exemptions cover: [bold]--json[/] for machines."""
    _session(
        stack,
        lambda session: session.ops("policy", "check", "--config-file", str(session.stack_file), *context.args),
    )


@app.command(context_settings=PASS_THROUGH)
@mended
def up(
    context: typer.Context,
    stack: StackOption = "dev",
    replace_nodes: Annotated[
        str, typer.Option("--replace-nodes", help="Broker nodes that may go together, such as emqx-1,emqx-2.")
    ] = "",
    *,
    policies: PoliciesOption = True,
) -> None:
    """Recover what a killed run left behind, spare all nodes but one, register the namespaces, and deploy.

    The policy pack judges every resource before it is made; exit code 5: it refused one.
    """
    from ops.namespaces import REQUIRED  # noqa: PLC0415

    def recovered_and_up(session: Session) -> int:
        for namespace in REQUIRED:
            session.store.register(namespace)
        refused = session.recover() or session.spare_nodes(replace_nodes, context.args)
        if refused:
            return refused
        code = _pulumi(session, ["up", "--yes", "--skip-preview", *context.args], policies=policies)
        if 0 < code < _SIGNALLED and code != violations.POLICY_VIOLATION:
            say(
                f"if an answer was lost: `python -m sandbox adopt --stack {stack}` takes what Azure made into the state"
            )
        return code

    _session(stack, recovered_and_up)


@app.command(context_settings=PASS_THROUGH)
@mended
def refresh(context: typer.Context, stack: StackOption = "dev") -> None:
    """Read what the stand-in's Azure holds into the state, and show the drift."""
    _session(stack, lambda session: session.recover() or session.pulumi(["refresh", "--yes", *context.args]))


@app.command(context_settings=PASS_THROUGH)
@mended
def destroy(context: typer.Context, stack: StackOption = "dev") -> None:
    """Destroy a stack, unless it is protected."""

    def unprotected_and_destroy(session: Session) -> int:
        return session.recover() or session.ops("protection") or session.pulumi(["destroy", "--yes", *context.args])

    _session(stack, unprotected_and_destroy)


@app.command()
@mended
def adopt(stack: StackOption = "dev") -> None:
    """After a lost response: take into the state what Azure has made and the state lacks."""
    _session(stack, lambda session: session.ops("adopt", "--config-file", str(session.stack_file)))


@app.command(context_settings=PASS_THROUGH)
@mended
def exec(context: typer.Context, stack: StackOption = "dev") -> None:  # noqa: A001 - the command's name
    """Run any other command with the sandbox's engine and providers in its environment."""
    if not context.args:
        raise SandboxError(ExitCode.USAGE, "no command was given", "Write one: python -m sandbox exec -- bash")
    _session(stack, lambda session: session.other(context.args))


@app.command()
@mended
def reset() -> None:
    """Remove everything the sandbox keeps: its Azure, its Pulumi state, its passphrase. Azure itself is not touched."""
    workspace = Workspace.default()
    workspace.create()
    with alone(workspace):
        workspace.reset()
    say(f"removed {workspace.home}")


app.add_typer(azure_command.app)
app.add_typer(fault_command.app, name="fault")
