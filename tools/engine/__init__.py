"""The Pulumi engine that the project runs on: found, downloaded or built, and cached outside the work tree.

    from tools.engine import engine
    paths = engine()          # EnginePaths(pulumi=.../bin/pulumi, way="built", version="3.259.0", ...)

`python -m tools.engine` prints the path. `docs/toolchain.md` describes the ways, the cache and how to bump the version.
"""

from tools.engine.paths import EngineError, EnginePaths, Way
from tools.engine.resolve import engine

__all__ = ["EngineError", "EnginePaths", "Way", "engine"]
