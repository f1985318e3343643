"""The stand-ins' clock: now, or as many days later as ``AMORA_SANDBOX_DAYS`` says.

What only time does, a certificate that nears its end or a secret that expires, is then seen in seconds:
``AMORA_SANDBOX_DAYS=310 make preview``.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import Final

VARIABLE: Final = "AMORA_SANDBOX_DAYS"


def now() -> datetime:
    """The moment the stand-ins take for now, in UTC.

    Raises:
        ValueError: the variable is no number of days.
    """
    return datetime.now(UTC) + timedelta(days=float(os.environ.get(VARIABLE) or 0))
