"""What is wrong with a declared resource."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One deviation from what Azure takes.

    severity: ``error``, ``warning``, or ``allowed`` (an error that ``allow.json`` accepts, with its reason there).
    kind: ``unmapped-token``, ``unknown-sdk-input``, ``not-in-api-version``, ``unknown-property``, ``missing-required``,
        ``type``, ``enum``, ``enum-open``, ``enum-case``, ``pattern``, ``length``, ``range``, ``union``,
        ``no-such-type``, ``read-only``, ``name``, ``format``, ``relation``.
    path: the input as the program wrote it (``subnets[0].addressPrefix``); a missing property's ARM path.
    """

    severity: str
    kind: str
    path: str
    message: str
