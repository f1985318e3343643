"""pulumi-tls 5.6.2 with real keys and certificates."""

from sandbox.generated import GeneratedPackage
from sandbox.tls_package.functions import FUNCTIONS
from sandbox.tls_package.kinds import KINDS


class TlsPackage(GeneratedPackage):
    """The tls provider."""

    name = "tls"
    version = "5.6.2"
    kinds = KINDS
    functions = FUNCTIONS


__all__ = ["TlsPackage"]
