"""pulumi-random 4.21.4: values drawn once, kept in the state, drawn anew only when an input changes."""

from sandbox.generated import GeneratedPackage
from sandbox.random_package.kinds import KINDS


class RandomPackage(GeneratedPackage):
    """The random provider."""

    name = "random"
    version = "4.21.4"
    kinds = KINDS


__all__ = ["RandomPackage"]
