"""The CrossGuard pack: what must hold on Azure whatever the program says, with the exceptions on record.

Rules are data with a judgement, one module a service in :mod:`policies.services`. The folder is a Pulumi policy pack at
the same time: ``PulumiPolicy.yaml`` and ``__main__.py`` are its entry, everything else is an importable package that
imports nothing of the project.
"""
