"""The gRPC servers of the packages, one port each, in this process."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import grpc
from pulumi.runtime.proto.provider_pb2_grpc import add_ResourceProviderServicer_to_server

from sandbox.protocol.package import Package
from sandbox.protocol.servicer import PackageServicer

# A create that lasts holds its thread; the engine runs at most 16 operations side by side (its --parallel default).
_THREADS = 32
# Seconds; a server whose calls have been cancelled stops at once.
_STOPPED_WITHIN = 5
# gRPC's own limit is 4 MiB; the engine raises its side to 400 MiB (sdk/go/common/util/rpcutil).
_MESSAGE_BYTES = 400 * 1024 * 1024
# Port 0: the system chooses one that is free.
ADDRESS = "127.0.0.1:0"


class NoPortError(OSError):
    """A server could not be bound; the text says which package's, and gRPC's reason."""


@contextmanager
def serving(packages: Iterable[Package]) -> Iterator[str]:
    """Serve the packages on loopback ports the system chooses.

    Yields:
        The value for ``PULUMI_DEBUG_PROVIDERS``: ``name:port,name:port``.

    Raises:
        NoPortError: no port of the loopback interface could be opened.
    """
    servers: list[grpc.Server] = []
    addresses: list[str] = []
    try:
        for package in packages:
            server = grpc.server(
                ThreadPoolExecutor(max_workers=_THREADS, thread_name_prefix=package.name),
                options=[("grpc.max_receive_message_length", _MESSAGE_BYTES), ("grpc.so_reuseport", 0)],
            )
            add_ResourceProviderServicer_to_server(PackageServicer(package), server)
            try:
                port = server.add_insecure_port(ADDRESS)
            except RuntimeError as error:
                raise NoPortError(f"no loopback port could be opened for {package.name}: {error}") from error
            server.start()
            servers.append(server)
            addresses.append(f"{package.name}:{port}")
        yield ",".join(addresses)
    finally:
        for stopped in [server.stop(grace=None) for server in servers]:
            # An interpreter that ends while gRPC's own threads do can crash in them.
            stopped.wait(_STOPPED_WITHIN)
