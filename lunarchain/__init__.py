"""lunarchain: decide where AI compute for space is made, launched and flown, and prove the plan."""

from __future__ import annotations


def __getattr__(name: str) -> str:
    """``__version__``, read from the installed package when it is asked for: that takes a while."""
    if name != "__version__":
        raise AttributeError(f"module 'lunarchain' has no attribute '{name}'")
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("lunarchain")
    except PackageNotFoundError:  # a source tree that was never installed
        return "0+source"
