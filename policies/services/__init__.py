"""The rules, one module a service."""
