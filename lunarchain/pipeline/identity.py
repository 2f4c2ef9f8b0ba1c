"""What every run's record says of the case, the machine and the program, whatever was asked."""

from __future__ import annotations

import platform
import resource
import sys
from importlib.metadata import version
from typing import Any

from lunarchain.scenario.load import Case

_SHOWN_VERSIONS = ("lunarchain", "pyomo", "highspy", "numpy", "scipy", "pandas")


def identity(case: Case, seconds: float) -> dict[str, Any]:
    """Name, title, question and hash of the case; seconds, memory and versions of the run."""
    return {
        "name": case.name,
        "changed": case.changes,
        "title": case.scenario.title,
        "question": case.scenario.question,
        "hash": case.content_hash,
        "seconds": round(seconds, 1),
        "peak_memory_mb": round(_peak_memory_mb()),
        "versions": {name: version(name) for name in _SHOWN_VERSIONS} | {"python": platform.python_version()},
    }


def _peak_memory_mb() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10  # bytes there, kilobytes elsewhere
