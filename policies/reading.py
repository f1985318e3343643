"""Reading a resource once for every policy that looks at it.

Pulumi's library turns the properties of a request into Python values anew for each policy it asks: fifteen policies
about the whole stack read each of 250 resources fifteen times, a second and a half at the end of every run. Policies
only look, so within one request they can share what was read. The library has no hook for it; it is pinned, and a test
holds that its answers stay its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import local
from types import SimpleNamespace
from typing import Any, Final

from google.protobuf.struct_pb2 import Struct, Value
from pulumi_policy import policy
from pulumi_policy.deserialize import deserialize_properties
from pulumi_policy.proxy import unknown_checking_proxy

# Per thread: the library answers requests side by side.
_request: Final = local()


@contextmanager
def one_request() -> Iterator[None]:
    """Until the block ends, the steps of reading give for the same argument what they gave before."""
    _request.results = {}
    try:
        yield
    finally:
        del _request.results


def unpacked(properties: Struct) -> dict[str, Any]:
    """A ``Struct`` as Python values: what protobuf's own ``MessageToDict`` gives, in a quarter of the time."""
    return {key: _unpacked(item) for key, item in properties.fields.items()}


def _unpacked(value: Value) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        return unpacked(value.struct_value)
    if kind == "list_value":
        return [_unpacked(item) for item in value.list_value.values]
    return None if kind in (None, "null_value") else getattr(value, kind)


def _once(step: Callable[..., Any]) -> Callable[..., Any]:
    def remembered(argument: Any, *options: Any) -> Any:
        results: dict[Any, tuple[Any, Any]] | None = getattr(_request, "results", None)
        if results is None:
            return step(argument, *options)
        key = (step, id(argument), options)
        if key not in results:
            # Beside its result the argument stays alive, so that nothing else gets its id.
            results[key] = (argument, step(argument, *options))
        return results[key][1]

    return remembered


STEPS: Final = {
    "json_format": SimpleNamespace(MessageToDict=_once(unpacked)),
    "deserialize_properties": _once(deserialize_properties),
    "unknown_checking_proxy": _once(unknown_checking_proxy),
}
"""The library's names for the steps from a message to what a policy sees."""


def read_once_in_the_library() -> None:
    """Make the library of this process share what it read, inside of :func:`one_request`."""
    for name, step in STEPS.items():
        setattr(policy, name, step)
