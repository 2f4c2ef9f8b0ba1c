"""A small case that holds every subsystem, and its variations."""

from __future__ import annotations

import pandas as pd

from lunarchain.scenario.facts import Facts, load_facts
from lunarchain.scenario.schema import Scenario

# Plausible departures, shorter than the computed ones: what is compared is the model, not the flights.
COLUMNS = (
    "track", "site", "destination", "mode", "feasible", "reason", "exit_speed_min_m_s", "exit_speed_mean_m_s",
    "exit_speed_max_m_s", "flight_time_d", "delta_v_m_s", "delta_v_max_m_s", "trim_m_s", "loss_fraction",
    "open_fraction", "open_lit_fraction", "open_dark_fraction",
)  # fmt: skip
ROWS = (
    ("south_pole_ridge", "south_pole", "nrho", "propulsive", 1, "", 1910, 1918, 1930, 0.1, 690, 700, 2, 0.001, 1, 1, 1),
    ("south_pole_ridge", "south_pole", "sso", "aerobrake", 0, "does not reach", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    ("mare_33e_east", "mare_33e", "eml2", "propulsive", 1, "", 2328, 2342, 2384, 1.9, 320, 520, 2, 0.01, 0.9, 0.8, 1),
    ("mare_33e_east", "mare_33e", "eml2", "catcher", 1, "", 2328, 2342, 2384, 1.9, 90, 95, 2, 0.002, 0.5, 0.6, 0.4),
    ("mare_33e_east", "mare_33e", "sso", "aerobrake", 1, "", 2510, 2530, 2560, 5, 150, 160, 5, 0.02, 0.3, 0.3, 0.3),
    ("mare_33e_west", "mare_33e", "eml2", "propulsive", 1, "", 2330, 2340, 2395, 3.0, 250, 300, 2, 0.005, 1, 0.9, 1),
    ("mare_33e_east", "mare_33e", "eml2", "electric", 1, "", 2328, 2342, 2384, 15, 400, 450, 2, 0.001, 1, 1, 0.0),
)  # fmt: skip


def departures() -> pd.DataFrame:
    """The departure table of the case."""
    return pd.DataFrame(ROWS, columns=list(COLUMNS))


BASE = Scenario.model_validate(
    {
        "title": "every subsystem, small",
        "calendar": {
            "start": 2030,
            "steps": [{"until": 2034, "years": 2}, {"until": 2040, "years": 3}],
            "tail_periods": 1,
            "tail_years": 4,
        },
        "demand": {"first_gw": 20, "growth": 0.3, "ceiling_gw": 200, "tiers": [0.5, 1.0]},
        "moon": {
            "sites": ["south_pole", "mare_33e"],
            "haulage": ["rover", "rail"],
            "power": ["pv_tower_1km", "ring_grid_85", "day_pv", "fission"],
        },
        "launcher": {"tracks": ["south_pole_ridge", "mare_33e_east"]},
        "launch": {"vehicles": ["starship", "new_glenn"], "integer_flights_below": 10},
        "satellites": {"pair": "claim", "orbits": ["sso", "eml2"], "slots": "nominal"},
        "policy": {
            "black_carbon_cap_kt": 0.5,
            "launch_co2_price_usd_t": 100,
            "ground_carbon_price_usd_t": 50,
            "ground_grid_cap_gw": 4,
            "alumina_cap_kt": 2.0,
            "moon_chip_export_cap_kt": 60,
            "moon_import_cap_kt": 400,
            "lunar_mining_cap_mt": 100,
        },
    }
)

# Nothing sourced: the early case is made cheap enough on the Moon for the best plan to use all of it.
CHEAPER = {"plant": 0.5, "electricity": 0.5}
OVERRIDES: dict[str, float] = {
    "prices.programme": 1,
    "prices.site": 0.2,
    "sites.south_pole.opening_cost": 0.2,
    "sites.mare_33e.opening_cost": 0.2,
    "sites.south_pole.earliest_landing": 2031,
    "sites.mare_33e.earliest_landing": 2031,
    "operations.commissioning_seed": 20,
    "orbits.sso.slots": 10000,
    "operations.melt_restart": 60,
    "driver.operations.stator_life": 1e5,
}


def facts(overrides: dict[str, float] | None = None) -> Facts:
    """The shipped facts with the case's own numbers in place of some."""
    shipped = load_facts()
    plants = {key: fact for key, fact in shipped.items() if key.startswith("processes.")}
    cheap = {
        key: CHEAPER[key.rsplit(".", 1)[1]] * fact.value
        for key, fact in plants.items()
        if key.rsplit(".", 1)[1] in CHEAPER
    }
    return shipped.override({**cheap, **OVERRIDES, **(overrides or {})})


# What is left out in variations to keep them quick: choices with many whole numbers and little else.
PLAIN: dict[str, object] = {
    "moon.haulage": ["rover"],
    "launcher.payload_classes": ["satellite", "parts"],
    "launch.integer_flights_below": 0,
}
VARIATIONS: dict[str, dict[str, object]] = {
    "no Moon": {"moon.allowed": False},
    "no reactors": {"policy.lunar_nuclear": False},
    "two-way tracks": {"launcher.tracks": ["south_pole_ridge", "mare_33e_east", "mare_33e_west"]},
    "licence cap": {"policy.launch_licences_per_yr": 40},
    "other pair": {"satellites.pair": "nominal"},
    "no haulage": {"moon.haulage": []},
    "other steps": {
        "calendar.steps": [{"until": 2033, "years": 3}, {"until": 2041, "years": 4}],
        "calendar.tail_years": 3,
    },
    "no orbital yards": {"moon.orbital_yards": False},
    "more policy": {
        "economics.remaining_life_value": False,
        "policy.launch_subsidy_usd_kg": 200,
        "policy.investment_tax_credit": 0.2,
        "policy.ozone_loss_cap_percent": 0.004,
        "policy.moon_export_cap_kt": 30,
        "policy.launch_co2_cap_mt": 0.4,
        "policy.chip_supply_cap_gw": 9,
        "policy.alumina_cap_kt": 0.02,
        "satellites.slots": "low",
    },
    "goals": {
        "goals.least_share_served": 0.1565,
        "goals.served_from": 2037,
        "goals.satellites_gw_per_yr": 0.246,
        "goals.satellites_in": 2033,
    },
    "owners": {
        "economics.actors": {
            "orbital": "economics.wacc_orbital",
            "ground": "economics.social_discount",
            "lunar": "economics.social_discount",
        },
        "policy.lunar_nuclear_from": 2036,
        "policy.launch_nox_price_usd_t": 5000,
        "policy.launch_h2o_price_usd_t": 30,
    },
    "demand by class": {
        "demand.by_class": {
            "interactive": [{"year": 2032, "gw": 10.0}, {"year": 2038, "gw": 40.0}],
            "batch": [{"year": 2031, "gw": 12.0}],
            "training": [{"year": 2030, "gw": 2.0}, {"year": 2034, "gw": 30.0}, {"year": 2040, "gw": 35.0}],
        },
        "demand.reference_gw": 60.0,
        "satellites.orbits": ["sso", "eml2", "nrho"],
    },
    "demand curve": {
        "demand.curve": [{"year": 2031, "gw": 25.0}, {"year": 2036, "gw": 150.0}],
        "demand.reference_gw": 60.0,
    },
    "lunar batteries": {"moon.processes": ["P16", "P21"]},
    "import caps": {"moon.import_caps_kt": {"imp_battery": 0.5, "imp_plant": 60.0, "imp_fluid": 0.1}},
}


def varied(changes: dict[str, object]) -> Scenario:
    """The case with some choices, named by dotted path, replaced."""
    tree = BASE.model_dump(mode="json", exclude_none=True)
    for path, value in changes.items():
        *way, last = path.split(".")
        branch = tree
        for part in way:
            branch = branch[part]
        branch[last] = value
    return Scenario.model_validate(tree)
