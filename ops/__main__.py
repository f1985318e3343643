"""Entry of ``python -m ops``."""

# ruff: noqa: E402 - Ctrl-C while the imports below load ends at once, without a traceback
import signal

signal.signal(signal.SIGINT, signal.SIG_DFL)

from ops.command import app

signal.signal(signal.SIGINT, signal.default_int_handler)
app(prog_name="python -m ops")
