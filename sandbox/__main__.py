"""Entry of ``python -m sandbox``."""

# ruff: noqa: E402 - Ctrl-C while the imports below load ends at once, without a traceback
import atexit
import gc
import signal

signal.signal(signal.SIGINT, signal.SIG_DFL)
# What is imported stays to the end: no search for garbage while it loads, nor in it later, nor when Python ends.
gc.disable()

from sandbox.command import app

gc.freeze()
gc.enable()
atexit.register(gc.freeze)
signal.signal(signal.SIGINT, signal.default_int_handler)
app(prog_name="python -m sandbox")
