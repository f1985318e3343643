"""The synthetic probe: publishes and receives through the platform's public endpoints, and says how that goes.

It is one device and one app of the topic contract, with the rights these have and no other. `python -m probe` runs it;
its settings are environment variables (:mod:`probe.settings`), its findings are metrics (:mod:`probe.metrics`).
"""
