"""What the documentation tells to type exists: targets, modules, their commands and options."""

import importlib.util
import re
import shlex
import subprocess
import sys
from functools import cache

import pytest
import typer
import yaml

import ops.command
import sandbox.command
import settings
from tests.command_tree import below
from tests.docs.pages import ROOT, page, pages

OF_MAKE = re.compile(r"(\w+)=")


def ours(start):
    """Page and command, each once."""
    return sorted(
        {(each.name, command) for each in pages() for command in each.commands() if command.startswith(start)}
    )


def words(command):
    """A command's words, up to where the shell's own things begin."""
    return shlex.split(re.split(r" [|>&;]|\$\(", command)[0], comments=True)


@cache
def targets():
    """Targets of the Makefile, as make itself knows them; those of a pattern included."""
    database = subprocess.run(
        ["make", "--dry-run", "--print-data-base", "--no-builtin-rules", "help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return set(re.findall(r"^([a-z][a-z-]*):", database, re.MULTILINE))


@cache
def variables():
    """Variables the Makefile lets the user set."""
    return set(re.findall(r"^(\w+) \?=", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


@pytest.mark.parametrize(("name", "command"), ours("make "))
def test_make_has_the_target_and_takes_the_variables(name, command):
    for word in words(command)[1:]:
        if found := OF_MAKE.match(word):
            assert found[1] in variables(), command
        elif not re.search(r"[<*]", word):
            assert word in targets(), command


# Commands of typer, whose trees can be looked into. What follows the last ones' own options is another program's.
TREES = {"ops": typer.main.get_command(ops.command.app), "sandbox": typer.main.get_command(sandbox.command.app)}
PASS_ON = {"destroy", "exec", "preview", "refresh", "run", "up"}


@pytest.mark.parametrize(("name", "command"), ours("python -m "))
def test_python_has_the_module_and_it_has_the_command(name, command):
    module, *rest = words(command)[2:]
    found = importlib.util.find_spec(module)
    assert found is not None, command
    if found.submodule_search_locations is not None:
        assert importlib.util.find_spec(f"{module}.__main__") is not None, command
    tree = TREES.get(module)
    while rest and rest[0] in (commands := below(tree)):
        tree = commands[rest.pop(0)]
    if tree is None or rest[:1] == ["..."]:
        return
    assert not rest or rest[0] == "--help" or not below(tree), f"{command}: no command {rest[0]}"
    options = {option for each in tree.params for option in (*each.opts, *each.secondary_opts)} | {"--help"}
    unknown = [word for word in rest if word.startswith("--") and word.split("=")[0] not in options]
    assert not unknown or (module == "sandbox" and tree.name in PASS_ON), f"{command}: no {unknown}"


@pytest.mark.parametrize(("name", "command"), ours("python -m settings"))
def test_settings_has_the_command(name, command):
    help_of = subprocess.run(
        [sys.executable, "-m", "settings", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert re.search(rf"\b{words(command)[3]}\b", help_of.stdout), command


def problems_of(stack):
    try:
        settings.from_values({key.removeprefix("amora-sync:"): value for key, value in stack.items()})
    except settings.SettingsError as error:
        return error.problems
    return ()


def test_settings_that_the_documentation_shows_are_settings():
    """A YAML block with `config:` holds keys of the model, in the namespace."""
    shown = [yaml.safe_load(block) for each in pages() for block in each.blocks("yaml")]
    stacks = [each["config"] for each in shown if isinstance(each, dict) and set(each) == {"config"}]
    assert stacks
    for stack in stacks:
        # A fragment may lack what is required; it must not be wrong in what it says.
        wrong = [each for each in problems_of(stack) if not each.found.startswith("nothing")]
        assert wrong == [], stack


@pytest.mark.parametrize(("name", "block"), [(each.name, block) for each in pages() for block in each.blocks("python")])
def test_python_that_the_documentation_shows_is_python(name, block):
    lines = block.splitlines()
    indent = min(len(line) - len(line.lstrip()) for line in lines if line.strip())
    compile("\n".join(line[indent:] for line in lines), name, "exec")


def test_the_readmes_test_command_is_the_one_continuous_integration_runs():
    last = (ROOT / ".ci" / "run").read_text(encoding="utf-8").strip().splitlines()[-1]
    (block, *_) = page("README.md").blocks("sh")
    assert last in [command.split("  #")[0].strip() for command in block.splitlines()]
