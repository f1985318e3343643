"""The export of a stack by its name."""

from __future__ import annotations

import pulumi

from ops.arm_template.export import MOMENTS, Export, export
from ops.arm_template.reading import Answers, read
from ops.arm_template.stack_file import stack_config
from ops.errors import ExitCode, OpsError
from sandbox.azure.errors import ArmError

SEEDS = ("one", "two")
"""Of the answers to the two readings: a template is the same whenever it is written."""


def readings(stack: str, config_file: str | None = None) -> list[Answers]:
    """The program of a stack, read twice: the answers it was given and what was read.

    Raises:
        OpsError: there is no such stack, or its settings are refused.
    """
    found: list[Answers] = []
    for seed, moment in zip(SEEDS, MOMENTS, strict=True):
        config = stack_config(stack, config_file, seed)
        answers = Answers(seed, moment, config)
        try:
            read(answers, config)
        except pulumi.RunError as error:
            raise OpsError(
                ExitCode.UNREADABLE, f"stack {stack} is refused:\n{error}", "Mend the stack file, then run this again."
            ) from error
        except ArmError as error:
            raise OpsError(
                ExitCode.NO_ARM_FORM,
                f"stack {stack} asks Azure for what it does not make itself: {error}",
                "A template can refer to what the stack declares alone: declare it, or make it a setting.",
            ) from error
        found.append(answers)
    return found


def of_stack(stack: str, config_file: str | None = None) -> Export:
    """The template of a stack and what belongs to it.

    Raises:
        OpsError: as :func:`readings`, or something of the program has no form in ARM and is no parameter either.
    """
    one, two = (answers.reading for answers in readings(stack, config_file))
    return export(one, two, stack)
