"""Whether this machine is fit: what the product needs, tried rather than looked up."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version

_NEEDED = ("pyomo", "highspy", "numpy", "scipy", "pandas", "pyarrow", "pydantic", "pint", "plotly")
_PYTHON = (3, 11)


@dataclass(frozen=True)
class Finding:
    """One thing examined."""

    subject: str
    passed: bool
    found: str


def examine() -> list[Finding]:
    """Python, packages, tables, cases, a tiny solve and the departure table."""
    trials: dict[str, Callable[[], str]] = {
        "packages": lambda: ", ".join(f"{name} {version(name)}" for name in _NEEDED),
        "tables": _tables,
        "cases": _cases,
        "departure table": _departures,
        "solver": _solve,
        "memory": _memory,
    }
    findings = [Finding("python", sys.version_info[:2] >= _PYTHON, platform.python_version())]
    for subject, trial in trials.items():
        try:
            findings.append(Finding(subject, True, trial()))
        except Exception as error:  # a doctor reports what is broken, whatever it is
            findings.append(Finding(subject, False, f"{type(error).__name__}: {error}"))
    return findings


def _tables() -> str:
    from lunarchain.scenario.facts import load_facts

    return f"{len(load_facts())} sourced numbers"


def _cases() -> str:
    from lunarchain.paths import shipped

    return ", ".join(sorted(path.parent.name for path in shipped("models").rglob("scenario.toml")))


def _departures() -> str:
    from lunarchain.pipeline.departures import shipped_departures

    table = shipped_departures()
    return f"{len(table)} departures, {int(table['feasible'].sum())} feasible"


def _solve() -> str:
    from lunarchain.pipeline.departures import shipped_departures
    from lunarchain.pipeline.solve_case import solve_case
    from lunarchain.scenario.load import load

    case = load("01_earth_only", ["calendar.steps=[{until=2040, years=4}]"])
    record = solve_case(case, shipped_departures(), lambda phase, plan, bound: None).record()
    return f"{record['status']}, gap {record['gap']:.1e}"


def _memory() -> str:
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 0
    return f"{pages / 2**30:.1f} GiB, {os.cpu_count()} cores" if pages else f"{os.cpu_count()} cores"
