"""The table of alerts, an area a module."""
