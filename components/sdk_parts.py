"""Loading of azure-native's SDK only those parts that the program uses.

A namespace such as ``network`` is a package of 290 modules, one a type, and its ``__init__`` imports them all by
``from .subnet import *``: half of what the program imports are types it never names. With :func:`load_parts_alone` a
namespace imports the module of a name when the name is first asked for. What that gives is the SDK's own, by the
SDK's own modules; a name that follows from no module's name makes the namespace load whole, as it would without this.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import ModuleType
from typing import Any, Final

_NAMESPACE: Final = re.compile(r"pulumi_azure_native\.\w+")
_EXPORTED: Final = re.compile(r"^from \.(\w+) import \*$", re.MULTILINE)
# `SubnetInitArgs` is beside `Subnet`, `get_vault_output` beside `get_vault`.
_BESIDE: Final = re.compile(r"(initargs|args|output)$")
# Modules of every namespace that are not one a type; `_inputs` and `_enums` belong to the names a user writes too.
_SHARED: Final = ("_inputs", "_enums")


class _PartsLoader(SourceFileLoader):
    """Gives a namespace a ``__getattr__`` in place of its imports."""

    def exec_module(self, module: ModuleType) -> None:
        exported = _EXPORTED.findall(self.get_data(self.path).decode())
        by_plain_name = {part.replace("_", ""): part for part in exported}

        def part_of(name: str) -> Any:
            if name.startswith("__"):
                raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")
            if name in ("outputs", *_SHARED):
                return import_module(f"{module.__name__}.{name}")
            for part in _candidates(name, by_plain_name):
                found = import_module(f"{module.__name__}.{part}")
                # As `from .part import *` does, also over the module's own name: `get_vault` is a function then.
                module.__dict__.update({each: getattr(found, each) for each in found.__all__})
                if name in found.__all__:
                    return module.__dict__[name]
            del module.__dict__["__getattr__"]
            super(_PartsLoader, self).exec_module(module)
            return getattr(module, name)

        module.__dict__["__getattr__"] = part_of


def _candidates(name: str, by_plain_name: dict[str, str]) -> Iterator[str]:
    plain = name.lower().replace("_", "")
    for each in (plain, _BESIDE.sub("", plain)):
        if each in by_plain_name:
            yield by_plain_name[each]
    yield from _SHARED if name[:1].isupper() else ()


class _PartsFinder:
    """Finds the namespaces where they are, with the loader above."""

    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """The spec of a namespace; None for any other module."""
        spec = PathFinder.find_spec(name, path, target) if _NAMESPACE.fullmatch(name) else None
        if spec is None or spec.origin is None or spec.submodule_search_locations is None:
            return None
        spec.loader = _PartsLoader(name, spec.origin)
        return spec


def load_parts_alone() -> None:
    """From here on load namespaces of azure-native by parts; those already loaded stay whole."""
    if _PartsFinder not in sys.meta_path:
        sys.meta_path.insert(0, _PartsFinder)
