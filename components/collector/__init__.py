"""The collector: Prometheus as an agent, which scrapes what the platform runs and writes into the workspace."""
