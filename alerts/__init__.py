"""What the platform watches: one table of alerts, the facts they rest on, and everything rendered from it.

Reads the settings and imports nothing else of ours: program, operators' commands and tests read the same table.
"""
