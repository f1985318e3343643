"""Ports for the servers that tests start."""

from __future__ import annotations

import itertools
import os
import socket

# Below the kernel's range for outgoing connections (net.ipv4.ip_local_port_range begins at 32768): of those, one could
# take the port between its choice and the server's bind.
_FIRST, _LAST = 10_240, 32_767
# Each process begins at a place of its own and never gives a port twice, so that two seldom try the same.
_offsets = itertools.count(os.getpid() * 251)


def free_port() -> int:
    """A TCP port of the loopback that nobody listens on and no outgoing connection takes.

    Raises:
        RuntimeError: none is free.
    """
    for offset in itertools.islice(_offsets, _LAST - _FIRST + 1):
        port = _FIRST + offset % (_LAST - _FIRST + 1)
        with socket.socket() as listener:
            # As servers do: a port whose last connections have just ended is free.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError(f"no port from {_FIRST} to {_LAST} is free")
