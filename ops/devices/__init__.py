"""The certificates of devices: enrolled, listed, revoked, bundled. ``python -m ops devices``."""
