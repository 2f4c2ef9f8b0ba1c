"""lunarchain: decide where AI compute for space is made, launched and flown, and prove the plan."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("lunarchain")
except PackageNotFoundError:  # a source tree that was never installed
    __version__ = "0+source"
