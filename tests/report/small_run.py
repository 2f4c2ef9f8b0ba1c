"""A small run written by hand: three lunar-made periods, one Earth-built one, and a tail that must not count."""

from __future__ import annotations

from typing import Any

from lunarchain.plan.tables import LAYOUT, Tables, to_frame

DESIGN = "parts_100kg_300g_0.9s_2384"
CASE: dict[str, Any] = {
    "title": "Hulls for <everyone>",
    "question": "Is the Moon worth it?",
    "calendar": {
        "start": 2030,
        "steps": [{"until": 2032, "years": 1}, {"until": 2036, "years": 2}],
        "tail_periods": 1,
    },
    "demand": {"first_gw": 10, "growth": 0.5, "ceiling_gw": 500},
    "moon": {"sites": ["south_pole", "mare_33e"]},
    "launcher": {"tracks": ["mare_33e_east"]},
}
ROWS: dict[str, list[tuple[int, str, str, str, float]]] = {
    "satellites": [
        (1, "leo", "earth", "added", 4), (2, "heo", "earth", "added", 10), (3, "heo", "earth", "added", 20),
        (2, "eml2", "hybrid", "added", 30), (3, "eml2", "hybrid", "added", 60), (4, "eml2", "hybrid", "added", 5000),
        (2, "eml2", "all", "in service", 25), (3, "eml2", "all", "in service", 120),
    ],
    "ground": [(0, "ground", "chips", "added", 8), (0, "ground", "halls", "added", 9)],
    "lunar_goods": [(2, "south_pole", "hull", "made", 30), (3, "south_pole", "hull", "made", 60)],
    "compute": [(0, "ground", "batch", "served", 6), (3, "eml2", "batch", "served", 40)],
    "costs": [*((t, "all", "chips", "charged", 300.0) for t in range(5)), (3, "all", "mass drivers", "charged", 9.0)],
    "transport": [
        (2, "heo", "heo_tug", "satellite", 100), (2, "eml2", "eml2_tug", "parts", 90),
        (2, "south_pole", "tug_electric_lox", "plant", 10), (2, "south_pole", "tug_electric_lox", "parts", 5),
    ],
    "haulage": [(2, "south_pole>mare_33e", "hull", "rover", 216), (3, "south_pole>mare_33e", "hull", "rover", 432)],
    "launches": [
        (2, "starship", "flights", "", 400), (3, "starship", "flights", "", 900),
        (2, "starship", "cadence", "", 400), (3, "starship", "cadence", "", 900),
    ],
    "power": [(2, "south_pole", "fission", "standing", 10), (3, "south_pole", "pv_ridge_90", "standing", 0.008)],
    "activity": [(3, "south_pole", "P01", "lit", 700), (3, "south_pole", "P03b", "lit", 300)],
    "capacity": [(3, "south_pole", "P01", "", 1400), (3, "south_pole", "P03b", "", 600)],
    "builds": [(2, "south_pole", "P03b", "landed", 0.2), (2, "south_pole", "robots", "landed", 5)],
    "tracks": [(2, "mare_33e_east", DESIGN, "built", 2)],
    "shots": [(3, "mare_33e_east", DESIGN, "lit", 500)],
    "launchers": [
        (3, "mare_33e_east", DESIGN, "shots", 5e6), (3, "mare_33e_east", DESIGN, "tracks kept busy", 0.204),
        (3, "mare_33e_east", DESIGN, "mean power", 0.08), (3, "mare_33e_east", DESIGN, "stator heat", 0.01),
    ],
    "stators": [(3, "mare_33e_east", "stators", "renewed", 40)],
    "thrown": [(3, "mare_33e_east", "eml2", "parts|propulsive|lit", 480)],
    "plant": [
        (2, "south_pole", "structure", "mature", 40), (2, "south_pole", "precision", "mature", 20),
        (3, "south_pole", "structure", "landed", 1), (3, "moon", "made so far", "", 120),
    ],
}  # fmt: skip
RECORD: dict[str, Any] = {
    "name": "small", "title": "Hulls for <everyone>", "status": "optimal", "objective": 900.0, "bound": 899.5,
    "gap": 5.5e-4, "objective_without_moon": 1000.0, "bound_without_moon": 999.5, "decision_value": 100.0,
    "decision_gap": 0.01, "moon_worth_bound": 100.5, "warnings": [],
    "audit": {"passed": True, "max_residual": 3e-10}, "fly": {"passed": True, "checked": 1, "failed": 0, "rounds": 2},
}  # fmt: skip
DEPARTURE = {
    "track": "mare_33e_east", "site": "mare_33e", "destination": "eml2", "mode": "propulsive", "feasible": 1,
    "exit_speed_min_m_s": 2328.0, "exit_speed_mean_m_s": 2342.0, "exit_speed_max_m_s": 2384.0, "flight_time_d": 1.9,
    "delta_v_m_s": 320.0, "trim_m_s": 2.0, "loss_fraction": 0.005, "open_fraction": 1.0, "open_lit_fraction": 1.0,
    "open_dark_fraction": 1.0,
}  # fmt: skip
VERDICT = {
    "track": "mare_33e_east", "destination": "eml2", "mode": "propulsive", "epochs": 36, "feasible_epochs": 36,
    "claimed_delta_v_m_s": 325.0, "flown_delta_v_m_s": 310.0, "margin_m_s": 15.0, "claimed_speed_max_m_s": 2384.0,
    "flown_speed_max_m_s": 2380.0, "open_claimed": 1.0, "open_flown": 1.0, "clearance_m": 16.0, "passed": True,
    "sampled": 2000, "sampled_failed": 3, "lost_at_most": 0.0039,
    "reason": "",
}  # fmt: skip
CERTIFICATE = {
    "passed": True,
    "max_residual": 3e-10,
    "checks": [
        {
            "name": "oxygen balance",
            "passed": True,
            "max_residual": 3e-10,
            "rows": 12,
            "worst": "south_pole 2032",
        }
    ],
}
MOON_TABLES = (
    "lunar_goods", "haulage", "power", "activity", "capacity", "builds", "tracks", "shots", "thrown", "plant",
    "launchers", "stators",
)  # fmt: skip


def tables(rows: dict[str, list[tuple[int, str, str, str, float]]]) -> Tables:
    names = {layout.table for layout in LAYOUT.values()} | {"costs", "launchers"}
    return {name: to_frame([(*row, "") for row in rows.get(name, [])]) for name in names}


def earth_rows() -> dict[str, list[tuple[int, str, str, str, float]]]:
    """The same plan with everything lunar taken out."""
    kept = {name: rows for name, rows in ROWS.items() if name not in MOON_TABLES}
    kept["satellites"] = [row for row in ROWS["satellites"] if row[2] == "earth"]
    kept["costs"] = [row for row in ROWS["costs"] if row[2] != "mass drivers"]
    kept["transport"] = [row for row in ROWS["transport"] if row[1] == "heo" and row[3] == "satellite"]
    return kept
