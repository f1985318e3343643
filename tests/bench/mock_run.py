"""``python -m tests.bench.mock_run STACK [PROGRAM]``: one run under the recording mocks, for the benchmark."""

import runpy
import sys

from tests.recorded_program import record, record_stack

if __name__ == "__main__":
    stack, *program = sys.argv[1:]
    if program:
        record(lambda: runpy.run_path(program[0]) and None, stack)
    else:
        record_stack(stack)
