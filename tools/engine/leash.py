"""Run a command that cannot outlive the process that asked for it: `python -m tools.engine.leash COMMAND...`.

The asking process holds the other end of this one's standard input. When that end closes, because the process finished
with us or was killed, the command and everything it started are killed as a group.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading


def _kill_group_at_end_of_input() -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os.killpg(0, signal.SIGKILL)


def main(command: list[str]) -> int:
    """Run the command in this process's own group; the exit code is the command's."""
    if os.getpgrp() != os.getpid():
        os.setpgid(0, 0)
    threading.Thread(target=_kill_group_at_end_of_input, daemon=True).start()
    code = subprocess.run(command, stdin=subprocess.DEVNULL, check=False).returncode
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
