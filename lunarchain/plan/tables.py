"""A plan as long tables: one row per number, ``period, node, item, detail, value, unit``, rates per year.

Every variable of the model has a place in exactly one table; ``LAYOUT`` is the only place that says which.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

COLUMNS = ("period", "node", "item", "detail", "value", "unit")
# what a row of the table of shadow prices says: see ``pipeline.prices``
PRICE_COLUMNS = (
    "period", "kind", "family", "limit", "place", "price", "price_unit", "amount", "unit", "worth_g_usd", "dual",
)  # fmt: skip
# Below this a rate is solver noise: ten grams or ten watts where kt and GW are planned. A row holds to 1e-9 in the
# solver, which leaves several times that in the columns of rows with large coefficients.
NOISE = 1e-8

Place = tuple[int, str, str, str]


@dataclass(frozen=True)
class Layout:
    """Where the values of one model variable go: table, unit, and period, node, item, detail from its index."""

    table: str
    unit: str
    place: Callable[..., Place]


LAYOUT: MappingProxyType[str, Layout] = MappingProxyType(
    {
        "activity": Layout("activity", "unit/yr", lambda i, p, t, s: (t, i, p, s)),
        "capacity": Layout("capacity", "unit/yr", lambda i, p, t: (t, i, p, "")),
        "build": Layout("builds", "unit/yr/yr", lambda i, p, k, t: (t, i, p, k)),
        "kept_hot": Layout("activity", "unit/yr", lambda i, p, t: (t, i, p, "kept hot")),
        "structure": Layout("plant", "kt/yr", lambda i, g, t: (t, i, "structure", g)),
        "precision": Layout("plant", "kt/yr", lambda i, g, t: (t, i, "precision", g)),
        "landed_structure": Layout("plant", "kt/yr", lambda i, t: (t, i, "structure", "landed")),
        "lunar_plant_made": Layout("plant", "kt", lambda t: (t, "moon", "made so far", "")),
        "robots_added": Layout("builds", "kt/yr/yr", lambda i, k, t: (t, i, "robots", k)),
        "power_added": Layout("power", "GW/yr", lambda i, k, j, t: (t, i, k, f"added from {j}")),
        "power": Layout("power", "GW", lambda i, k, t: (t, i, k, "standing")),
        "power_renewed": Layout("power", "GW/yr", lambda i, k, t: (t, i, k, "spares from earth")),
        "storage_added": Layout("power", "GWh/yr", lambda i, j, t: (t, i, "storage", f"added from {j}")),
        "stored_for_dark": Layout("power", "GWh/yr", lambda i, t: (t, i, "storage", "given to the dark")),
        "radiators_added": Layout("power", "kt/yr", lambda i, j, t: (t, i, "radiators", f"added from {j}")),
        "tracks_built": Layout("tracks", "track", lambda j, d, t: (t, j, d, "built")),
        "tracks_standing": Layout("tracks", "track", lambda j, d, t: (t, j, d, "standing")),
        "stators_renewed": Layout("stators", "t/yr", lambda k, t: (t, k, "stators", "renewed")),
        "stator_left": Layout("stators", "t", lambda k, t: (t, k, "stators", "left")),
        "shot_mass": Layout("shots", "kt/yr", lambda j, d, t, s: (t, j, d, s)),
        "thrown": Layout("thrown", "kt/yr", lambda j, c, o, mode, t, s: (t, j, o, f"{c}|{mode}|{s}")),
        "added": Layout("satellites", "GW/yr", lambda o, k, t: (t, o, k, "added")),
        "in_service": Layout("satellites", "GW", lambda o, t: (t, o, "all", "in service")),
        "clustered_added": Layout("satellites", "GW/yr", lambda o, t: (t, o, "clusters", "added in clusters")),
        "yard_added": Layout("satellites", "GW/yr/yr", lambda o, t: (t, o, "yard", "added")),
        "hulls": Layout("lunar_goods", "GW/yr", lambda i, t: (t, i, "hull", "made")),
        "shipped": Layout("lunar_goods", "GW/yr", lambda i, t: (t, i, "satellite", "shipped")),
        "hauled": Layout("haulage", "kt/yr", lambda w, g, i, j, t: (t, f"{i}>{j}", g, w)),
        "vehicles_added": Layout("haulage", "kt/yr", lambda w, i, j, t: (t, f"{i}>{j}", "vehicles", w)),
        "lines_laid": Layout("haulage", "line", lambda w, i, j, t: (t, f"{i}>{j}", "line", w)),
        "imported": Layout("imports", "kt/yr", lambda i, c, t: (t, i, c, "")),
        "carried": Layout("transport", "kt/yr", lambda r, _kind, place, cargo, t: (t, place, r, cargo)),
        "flights": Layout("launches", "flight/yr", lambda v, t: (t, v, "flights", "")),
        "cadence": Layout("launches", "flight/yr", lambda v, t: (t, v, "cadence", "")),
        "pads_added": Layout("launches", "pad/yr", lambda v, t: (t, v, "pads", "added")),
        "ships_added": Layout("launches", "ship/yr", lambda v, t: (t, v, "ships", "added")),
        "lifted_so_far": Layout("launches", "kt", lambda v, t: (t, v, "lifted so far", "")),
        "parts_so_far": Layout("satellites", "kt", lambda t: (t, "all", "parts", "bought so far")),
        "bodies_so_far": Layout("satellites", "GW", lambda t: (t, "all", "bodies", "bought so far")),
        "served": Layout("compute", "GW", lambda o, q, t: (t, o, q, "served")),
        "tier": Layout("compute", "GW", lambda q, j, t: (t, "demand", q, f"tier {j}")),
        "halls_added": Layout("ground", "GW/yr", lambda t: (t, "ground", "halls", "added")),
        "ground_chips_added": Layout("ground", "GW/yr", lambda t: (t, "ground", "chips", "added")),
        "relay_added": Layout("links", "Tbit/s/yr", lambda t: (t, "relay", "capacity", "added")),
        "opened": Layout("openings", "site", lambda i, t: (t, i, "opened", "")),
        "programme": Layout("openings", "programme", lambda t: (t, "moon", "programme", "")),
    }
)

Tables = dict[str, pd.DataFrame]


def to_frame(rows: list[tuple[int, str, str, str, float, str]]) -> pd.DataFrame:
    """Rows as a table in a fixed order, noise left out."""
    kept = [row for row in rows if abs(row[4]) > NOISE]
    frame = pd.DataFrame(kept, columns=list(COLUMNS)).astype({"period": np.int64, "value": np.float64})
    return frame.sort_values(["period", "node", "item", "detail"], kind="stable").reset_index(drop=True)
