"""Reading a resource once for every policy that looks at it.

Pulumi's library turns the properties of a request into Python values anew for each policy it asks: fifteen policies
about the whole stack read each of 250 resources fifteen times, a second and a half at the end of every run. Policies
only look, so within one request they can share what was read, and what came of it. The library has no hook for it; it
is pinned, and a test holds that its answers stay its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import local
from types import SimpleNamespace
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

from google.protobuf.struct_pb2 import Struct, Value
from pulumi_policy import policy
from pulumi_policy.deserialize import deserialize_properties
from pulumi_policy.proxy import unknown_checking_proxy

A = TypeVar("A")
P = ParamSpec("P")
R = TypeVar("R")

# Per thread: the library answers requests side by side.
_request: Final = local()


@contextmanager
def one_request() -> Iterator[None]:
    """Until the block ends, a step done once gives for the same argument what it gave before."""
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


def once(step: Callable[Concatenate[A, P], R]) -> Callable[Concatenate[A, P], R]:
    """The step, done once a request for the same first argument and equal others; outside of one, done each time.

    The other arguments are hashable, and nobody changes arguments or result during the request.
    """

    def remembered(argument: A, *options: P.args, **named: P.kwargs) -> R:
        results: dict[Any, tuple[Any, Any]] | None = getattr(_request, "results", None)
        if results is None:
            return step(argument, *options, **named)
        key = (step, id(argument), options, *named.items())
        if key not in results:
            # Beside its result the argument stays alive, so that nothing else gets its id.
            results[key] = (argument, step(argument, *options, **named))
        return results[key][1]

    return remembered


STEPS: Final = {
    "json_format": SimpleNamespace(MessageToDict=once(unpacked)),
    "deserialize_properties": once(deserialize_properties),
    "unknown_checking_proxy": once(unknown_checking_proxy),
}
"""The library's names for the steps from a message to what a policy sees."""


def read_once_in_the_library() -> None:
    """Make the library of this process share what it read, inside of :func:`one_request`."""
    for name, step in STEPS.items():
        setattr(policy, name, step)
