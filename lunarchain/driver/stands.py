"""Where tracks may stand and which way they fire: one direction each, or one track fired from both ends."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from lunarchain.scenario.facts import Facts


@dataclass(frozen=True)
class Stand:
    """A place for tracks. ``directions`` are the rows of the departure table that its shots can use."""

    id: str
    site: str
    directions: tuple[str, ...]
    azimuth_range_rad: float  # to either side, the widest of its directions

    @property
    def two_way(self) -> bool:
        """Whether a track here fires from both ends."""
        return len(self.directions) > 1


def stands(facts: Facts, directions: Collection[str], two_way: bool) -> dict[str, Stand]:
    """Stands by id: one for each direction wanted, then those that serve two of them with one track."""
    found = {name: _stand(facts, name, (name,)) for name in directions}
    if two_way:
        pairs = {
            name: tuple(facts.text(f"stands.{name}.directions").split()) for name in facts.children("stands")
        }
        found |= {
            name: _stand(facts, name, pair) for name, pair in pairs.items() if set(pair) <= set(directions)
        }
    return found


def _stand(facts: Facts, name: str, directions: tuple[str, ...]) -> Stand:
    steering = max(facts.number(f"tracks.{direction}.azimuth_range", "radian") for direction in directions)
    return Stand(name, facts.text(f"tracks.{directions[0]}.site"), directions, steering)
