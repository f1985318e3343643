"""Between protobuf's ``Struct`` and the values of :mod:`sandbox.wire`."""

from __future__ import annotations

from typing import Any

from google.protobuf.struct_pb2 import ListValue, Struct, Value

from sandbox import wire
from sandbox.protocol.package import Values


def _unpack_value(value: Value) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        return _unpack_struct(value.struct_value)
    if kind == "list_value":
        return [_unpack_value(item) for item in value.list_value.values]
    if kind in (None, "null_value"):
        return None
    return getattr(value, kind)


def _unpack_struct(struct: Struct) -> dict[str, Any]:
    return {key: _unpack_value(item) for key, item in struct.fields.items()}


def from_struct(struct: Struct | None) -> Values:
    """The values of a message's ``Struct``; an absent one is empty."""
    return {} if struct is None else wire.decode(_unpack_struct(struct))


def _pack_value(item: Any) -> Value:
    match item:
        case None:
            return Value(null_value=0)  # pyright: ignore[reportArgumentType] - NULL_VALUE is the enum's only member
        case bool():
            return Value(bool_value=item)
        case int() | float():
            return Value(number_value=item)
        case str():
            return Value(string_value=item)
        case list() | tuple():
            return Value(list_value=ListValue(values=[_pack_value(member) for member in item]))
        case _:
            return Value(struct_value=_pack_struct(item))


def _pack_struct(values: Any) -> Struct:
    return Struct(fields={key: _pack_value(item) for key, item in values.items()})


def to_struct(values: Values) -> Struct:
    """A ``Struct`` for a message, with secrets and unknown values marked as the engine wants them."""
    return _pack_struct(wire.encode(values))
