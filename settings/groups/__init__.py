"""The groups of settings, one file an area."""
