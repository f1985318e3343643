"""A tenant with nothing in it, for a plan without a login: Graph's answers about what is not there."""

from __future__ import annotations

from typing import Final

import httpx

from ops.identity.registrations import microsoft_graph

_MISSING: Final = {"error": {"code": "Request_ResourceNotFound", "message": "Resource does not exist."}}
_SINGLE: Final = "/beta/trustFramework/"
"""Below it one object is asked for by its name; everything else a plan asks for is a collection."""


class EmptyTenant(httpx.BaseTransport):
    """Answers what a plan asks, and nothing that changes a tenant. Every tenant has Graph's own service principal."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """An empty collection, or that there is no such object.

        Raises:
            ValueError: the request would change something.
        """
        if request.method != "GET":
            raise ValueError(f"{request.method} {request.url.path}: a tenant that is not there cannot be changed")
        if request.url.path.startswith(_SINGLE):
            return httpx.Response(404, json=_MISSING)
        graphs_own = microsoft_graph() in request.url.params.get("$filter", "")
        return httpx.Response(200, json={"value": [{"id": "microsoft-graph"}] if graphs_own else []})
