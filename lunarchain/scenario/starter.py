"""A starter case: short, commented, runs as it is."""

from __future__ import annotations

from pathlib import Path

from lunarchain.errors import InputError, Issue

_STARTER = """\
# A case of your own. It takes everything from the shipped crossover case and changes what stands below.
extends = "02_crossover"
title = "My case"
question = "What happens when launch licences stay scarce?"

[policy]
launch_licences_per_yr = 5000

# Any sourced number can be replaced by its id (see `lunarchain data`): a number, a number with a unit, or low / high.
[data]
"vehicles.starship.payload_leo" = "150 t/flight"

# ... or many at once, by pattern.
[scale]
"processes.*.plant" = 1.0
"""


def write_starter(folder: Path) -> Path:
    """Write ``scenario.toml`` into a new folder. Raises ``InputError`` when one is already there."""
    file = folder / "scenario.toml"
    if file.exists():
        raise InputError([Issue(str(file), "DIR", "a case that is already there", "a new folder")])
    folder.mkdir(parents=True, exist_ok=True)
    file.write_text(_STARTER, encoding="utf-8")
    return file
