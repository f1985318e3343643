"""Figures of cost that settings need; the sums behind them are in docs/decisions/0074-budget.md."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

MONTHLY_AMOUNTS: Final[Mapping[str, int]] = {"dev": 400, "prod": 3000}
"""USD a month by tier: what the tier's defaults cost in West Europe, with room for the edge to grow."""

# azure.microsoft.com/pricing/details/ddos-protection: 2,943.55 USD a month, 100 public addresses included.
DDOS_PLAN_A_MONTH: Final = 2944
