"""A published figure beside the same figure computed here: the one row every room writes for the validation page."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

HIT, MISS = "hit", "miss"
# No claim is made: the figure was used to set a free number of ours, or it conflicts with its own source.
CALIBRATED, CONTRADICTION = "calibrated", "contradiction"
EQUAL, AT_LEAST, AT_MOST = "=", ">=", "<="


@dataclass(frozen=True)
class Comparison:
    """One published figure and ours, in ``unit``.

    ``source`` and ``kind`` tell where the published figure stands and how it was seen (as in the fact tables).
    ``tolerance`` is relative and holds both ways. ``relation`` is ``>=`` or ``<=`` where the published figure is a
    bound that ours should meet. ``finding`` states a verdict that no arithmetic gives: calibrated, contradiction.
    """

    what: str
    published: float
    ours: float
    unit: str
    tolerance: float
    source: str
    kind: str
    remark: str = ""
    relation: str = EQUAL
    finding: str = ""

    @property
    def ratio(self) -> float:
        """Ours over the published figure."""
        return self.ours / self.published

    @property
    def verdict(self) -> str:
        """``hit`` or ``miss`` by the tolerance, unless a ``finding`` stands in its place."""
        if self.finding:
            return self.finding
        high, low = self.ratio <= 1 + self.tolerance, self.ratio >= 1 / (1 + self.tolerance)
        held = {EQUAL: high and low, AT_LEAST: low, AT_MOST: high}[self.relation]
        return HIT if held else MISS

    def as_dict(self) -> dict[str, Any]:
        """The row with its ratio and verdict, for ``--json``."""
        return asdict(self) | {"ratio": self.ratio, "verdict": self.verdict}
