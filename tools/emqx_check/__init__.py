"""A check of EMQX 5.8 configurations, offline: every path of ``emqx.conf`` and of ``EMQX_*`` variables.

README.md beside it says what is found, where the schema comes from and what the check cannot know.
"""

from tools.emqx_check.check import run
from tools.emqx_check.finding import ConfigError, Finding

__all__ = ["ConfigError", "Finding", "run"]
