"""Figures of merit by their names in words, with units, and numbers as a table shows them."""

from __future__ import annotations

from typing import Any

from lunarchain.plan.merit import Figure
from lunarchain.report.phrases import figure_text
from lunarchain.scenario.facts import KINDS

NAMES = {
    "discounted_cost_g_usd": "Discounted cost [G$]",
    "discounted_unserved_value_g_usd": "Discounted value of compute not served [G$]",
    "discounted_cost_g_usd_without_moon": "Discounted cost without the Moon [G$]",
    "discounted_unserved_value_g_usd_without_moon": "The same not served without the Moon [G$]",
    "moon_paid_more_g_usd": "Paid more with the Moon than without, reported years [G$]",
    "moon_served_more_g_usd": "Value of compute served more with the Moon, reported years, as assumed [G$]",
    "moon_served_more_usd_per_kw_yr": "Mean value assumed for that compute [$/kW-yr]",
    "decision_value_reported_g_usd": "Value served more less paid more, reported years [G$]",
    "levelised_cost_usd_per_kw_yr": "Levelised cost of compute in service [$/kW-yr]",
    "levelised_cost_without_chips_usd_per_kw_yr": "Levelised cost without chips [$/kW-yr]",
    "gw_earth_built": "Earth-built satellites added [GW]",
    "gw_hybrid": "Lunar hulls joined in orbit [GW]",
    "gw_moon_built": "Moon-built satellites added [GW]",
    "gw_ground": "Ground data centres added [GW]",
    "first_year_moon_gives_1_gw_per_yr": "First year the Moon gives more than 1 GW/yr",
    "first_year_moon_gives_most": "First year the Moon gives most of new compute",
    "first_year_100_gw_per_yr_satellites": "First year of 100 GW/yr of satellites",
    "first_year_1_tw_per_yr_satellites": "First year of 1 TW/yr of satellites",
    "best_rate_satellites_gw_per_yr": "Most satellites added in a year [GW/yr]",
    "best_rate_satellites_year": "The year of that",
    "best_rate_satellites_over_a_life_gw_per_yr": "Best mean over a satellite's life [GW/yr]",
    "first_year_1_tw_per_yr_moon_made": "First year of 1 TW/yr made on the Moon",
    "best_rate_moon_made_gw_per_yr": "Most made on the Moon in a year [GW/yr]",
    "best_rate_moon_made_year": "The year of that",
    "best_rate_moon_made_over_a_life_gw_per_yr": "Made on the Moon, best mean over a satellite's life [GW/yr]",
    "peak_flights_per_yr": "Flights at the peak [1/yr]",
    "peak_flights_year": "The year of that",
    "peak_flights_over_a_life_per_yr": "Flights, highest mean over a satellite's life [1/yr]",
    "earth_lift_kt_per_gw": "Lift to low Earth orbit per GW of satellites [kt/GW]",
    "import_share_moon_made": "Earth's share of the mass of Moon-made satellites, plant included",
    "metzger_g": "Gear ratio G: lift per kg landed over lift saved per lunar kg in orbit",
    "metzger_phi": "Production mass ratio phi: lunar kg in orbit per kg landed",
    "peak_lunar_power_gw": "Lunar power at the peak, mean output [GW]",
    "energy_payback_earth_built_d": "Energy payback of an Earth-built satellite, propellant only [d]",
    "energy_payback_moon_made_d": "Energy payback of a Moon-made satellite, industry included [d]",
    "tracks_built": "Mass-driver tracks built",
    "tracks_by_design": "Tracks by design",
    "peak_driver_power_gw": "Mean power of mass drivers, in their busiest year [GW]",
    "peak_driver_heat_gw": "Heat in their stators, in that year [GW]",
    "peak_driver_shots_per_yr": "Shots in that year",
    "lunar_plant_doubling_time_yr": "Doubling time of lunar-made plant, from 1 % of its most to its most [yr]",
    "lunar_plant_growth_from": "First year of that growth",
    "lunar_plant_growth_to": "Last year of that growth",
    "lunar_plant_growth_held_by_commissioning": "Share of those years in which commissioning held it",
    "lunar_plant_growth_held_by_experience": "Share of those years in which experience held better plant",
    "share_of_demand_served": "Share of wanted compute served",
    "share_of_demand_served_final": "Share served in the last period",
    "kardashev_index_final_fleet": "Kardashev index of the final compute",
    "kardashev_index_with_world_use": "Kardashev index with the world's present use",
    "peak_co2_mt_per_yr": "Carbon dioxide of launches at the peak [Mt/yr]",
    "peak_h2o_mt_per_yr": "Water vapour of launches at the peak [Mt/yr]",
    "peak_nox_kt_per_yr": "Nitrogen oxides of returning upper stages at the peak [kt/yr]",
    "peak_black_carbon_kt_per_yr": "Black carbon above 15 km at the peak [kt/yr]",
    "peak_alumina_kt_per_yr": "Alumina from re-entry at the peak [kt/yr]",
    "peak_co2_mt_over_a_life_per_yr": "Carbon dioxide of launches, highest mean over a satellite's life [Mt/yr]",
    "peak_h2o_mt_over_a_life_per_yr": "Water vapour of launches, highest mean over a satellite's life [Mt/yr]",
    "peak_nox_kt_over_a_life_per_yr": "Nitrogen oxides of returning upper stages, highest mean over a life [kt/yr]",
    "peak_black_carbon_kt_over_a_life_per_yr": "Black carbon above 15 km, highest mean over a life [kt/yr]",
    "peak_alumina_kt_over_a_life_per_yr": "Alumina from re-entry, highest mean over a life [kt/yr]",
} | {f"facts_{kind}": f"Numbers used whose kind is '{kind}'" for kind in KINDS}


def label(key: str) -> str:
    """A figure of merit's name in words, with its unit."""
    return NAMES[key]


def shown(value: Figure | Any) -> str:
    """A figure of merit or a number of a chart as text; a dash where it has no meaning."""
    if value is None or value != value:
        return "–"
    if isinstance(value, str):
        return value or "–"
    return str(value) if isinstance(value, int) else figure_text(float(value), 4)
