"""Verbs about the lunar industry: what a product takes, how fast the network copies itself, what Earth still sends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from lunarchain.cli.options import NONE, AllowOpt, JsonOpt, PictureOpt, QuietOpt, SiteOpt, SoilOpt
from lunarchain.cli.screen import emit, table
from lunarchain.errors import InputError, Issue, nearest_name

if TYPE_CHECKING:
    from rich.table import Table

    from lunarchain.industry.closure import Closure, ImportLine
    from lunarchain.industry.growth import Growth
    from lunarchain.industry.recipe import Recipe
    from lunarchain.scenario.facts import Facts

UpkeepOpt = Annotated[bool, typer.Option("--with-upkeep", help="Add spares and replacement.")]
PlantMassOpt = Annotated[float, typer.Option("--plant-mass", help="Multiplier on every plant mass.")]
GradeOpt = Annotated[str, typer.Option("--grade", help="reference, crude, improved or mature.")]
PairOpt = Annotated[str, typer.Option("--pair", help="claim, nominal, low or high.")]
DEFAULT_SOIL = "highland"
_FEW_KG = 0.05  # lines below this are left out on the screen, not in the JSON


def recipe(
    product: Annotated[str, typer.Argument(help="satellite, satellite:PAIR or a commodity.")],
    soil: SoilOpt = "",
    site: SiteOpt = "",
    allow: AllowOpt = NONE,
    with_upkeep: UpkeepOpt = False,
    picture: PictureOpt = None,
    as_json: JsonOpt = False,
    quiet: QuietOpt = False,
) -> None:
    """The footprint of one unit made on the Moon."""
    from lunarchain.industry.recipe import recipe as footprint
    from lunarchain.scenario.facts import load_facts

    facts = load_facts()
    feed, kind = _soil(facts, soil, site)
    found = footprint(facts, product, feed, allow=tuple(allow), with_upkeep=with_upkeep, site_kind=kind)
    content = found.as_dict()
    if picture is not None:
        from lunarchain.report.industry_figures import recipe_page

        picture.write_text(recipe_page(found, facts), encoding="utf-8")
        content["picture"] = str(picture)
    emit(content, as_json, quiet, lambda: _recipe_screen(found, facts))


def growth(
    soil: SoilOpt = "",
    site: SiteOpt = "",
    plant_mass: PlantMassOpt = 1.0,
    grade: GradeOpt = "reference",
    picture: PictureOpt = None,
    as_json: JsonOpt = False,
    quiet: QuietOpt = False,
) -> None:
    """The network's own doubling time and what binds it first."""
    from lunarchain.industry.growth import bottlenecks, doubling_time
    from lunarchain.scenario.facts import load_facts

    facts = load_facts()
    feed, kind = _soil(facts, soil, site)
    found = doubling_time(facts, feed, kind, plant_mass_factor=plant_mass, grade=grade)
    gains = bottlenecks(facts, feed, kind, plant_mass_factor=plant_mass, grade=grade)
    content = found.as_dict() | {"bottlenecks": gains}
    if picture is not None:
        from lunarchain.report.industry_figures import growth_page

        picture.write_text(growth_page(found, gains, facts), encoding="utf-8")
        content["picture"] = str(picture)
    emit(content, as_json, quiet, lambda: _growth_screen(found, gains, facts))


def imports(
    soil: SoilOpt = "",
    site: SiteOpt = "",
    pair: PairOpt = "claim",
    as_json: JsonOpt = False,
    quiet: QuietOpt = False,
) -> None:
    """What Earth must still send: every import of every process, satellite slot and plant."""
    from lunarchain.industry.closure import closure
    from lunarchain.scenario.facts import load_facts

    facts = load_facts()
    found = closure(facts, _soil(facts, soil, site)[0], pair)
    emit(found.as_dict(), as_json, quiet, lambda: _imports_screen(found))


def _soil(facts: Facts, soil: str, site: str) -> tuple[str, str]:
    """Soil and kind of place meant by ``--soil`` or ``--site``; both only where they agree."""
    from lunarchain.industry.chemistry import soils

    if soil and soil not in (soils_known := soils(facts)):
        nearest = nearest_name(soil, soils_known)
        raise InputError([Issue("command line", "--soil", repr(soil), " | ".join(soils_known), nearest)])
    if not site:
        return soil or DEFAULT_SOIL, "polar"
    known = facts.children("sites")
    if site not in known:
        raise InputError(
            [Issue("command line", "--site", repr(site), " | ".join(known), nearest_name(site, known))]
        )
    feed = facts.text(f"sites.{site}.soil")
    if soil not in ("", feed):
        expected = f"--site alone, whose soil is {feed}, or --soil alone"
        raise InputError([Issue("command line", "--soil", f"{soil!r} with --site {site}", expected)])
    return feed, facts.text(f"sites.{site}.kind")


def _recipe_screen(found: Recipe, facts: Facts) -> object:
    import pandas as pd
    from rich.console import Group

    per = f"{found.unit} a year"
    head = (
        f"One {found.unit} {_of(found)}made on {found.soil} soil"
        + (", upkeep of plant and power included" if found.with_upkeep else ", product alone")
        + f"\n  electricity {found.electricity_kwh:,.0f} kWh, regolith {found.regolith_kg:,.0f} kg,"
        f" imports {found.imports_kg:,.1f} kg"
        f"\n  for one {per}: plant {found.plant_kg_per_unit_per_yr:,.0f} kg,"
        f" power {found.power_kw_per_unit_per_yr:,.1f} kW"
    )
    modes = {_mode(key) for key in found.processes} - {""}
    shares = [
        {
            "id": key.partition("_")[0],
            "activity": f"{share.activity:,.1f} {share.unit}",
            "kWh": f"{share.electricity_kwh:,.0f}",
            "plant kg": f"{share.plant_kg:,.1f}",
            "kW": f"{share.power_kw:,.2f}",
            "from Earth": f"{share.imports_kg:,.1f}" if share.imports_kg else "-",
            "process": share.name.partition(" (")[0] + (_mode(key) if len(modes) > 1 else ""),
        }
        for key, share in found.processes.items()
    ]
    lists = {"imports": found.imports, "left over": found.by_products_kg}
    tables = [_masses(title, masses, facts) for title, masses in lists.items()]
    return Group(
        head,
        "",
        table(pd.DataFrame(shares), "by process: for one, with plant and power for one a year"),
        *tables,
    )


def _of(found: Recipe) -> str:
    return "" if found.unit == found.product else f"of {found.product} "


def _mode(process: str) -> str:
    mode = process.partition("_")[2]
    return f" ({mode.replace('_', ' ')} melt)" if mode and mode != "scrap" else ""


def _masses(title: str, masses_kg: dict[str, float], facts: Facts) -> Table:
    import pandas as pd

    from lunarchain.industry.network import family

    ranked = sorted(masses_kg.items(), key=lambda item: -item[1])
    rows = [
        {"kg": f"{mass:,.1f}", "what": facts.text(f"commodities.{family(facts, name)}.name")}
        for name, mass in ranked
        if mass >= _FEW_KG
    ]
    return table(pd.DataFrame(rows, columns=["kg", "what"]), title)


def _growth_screen(found: Growth, gains: dict[str, float], facts: Facts) -> object:
    import pandas as pd
    from rich.console import Group

    head = (
        f"The network on {found.soil} soil at a {found.site_kind} site doubles in {found.doubling_time_yr:.3g} yr"
        f" ({found.rate_per_yr:.3g} a year) out of its own output."
        f"\n  A kilogram of plant goes with {found.power_kw_per_plant_kg * 1e3:.3g} W of power and takes"
        f" {found.imports_kg_per_yr_per_plant_kg:.3g} kg of imports a year."
        "\n  A ceiling: imports are unlimited here and commissioning, robots, land and landing cost no time."
    )
    blocks = _by_block(found.plant_shares)
    rows = [
        {
            "rate gains": f"{100 * gain:.2f} %",
            "plant share": f"{100 * blocks[block]:.1f} %" if block in blocks else "-",
            "what": _block_name(facts, block),
        }
        for block, gain in gains.items()
    ]
    return Group(
        head, "", table(pd.DataFrame(rows), "what binds first: the gain when a tenth lighter or thriftier")
    )


def _by_block(shares: dict[str, float]) -> dict[str, float]:
    blocks: dict[str, float] = {}
    for name, share in shares.items():
        block = name if name.startswith("P04_scrap") else name.partition("_")[0]
        blocks[block] = blocks.get(block, 0.0) + share
    return blocks


def _block_name(facts: Facts, block: str) -> str:
    key = f"processes.{block}.name"
    return f"{block} {facts.text(key)}" if key in facts else f"{block} of every process"


def _imports_screen(found: Closure) -> object:
    import pandas as pd
    from rich.console import Group

    plant = [
        {
            "id": row.process,
            "spares/yr": f"{row.spares_per_yr:.2f}",
            **{g: f"{row.imported_by_grade[g]:.3f}" for g in ("crude", "improved", "mature")},
            "plant": row.name,
        }
        for row in found.plant
    ]
    return Group(
        table(_lines(found.slots, "slot"), f"satellite, pair {found.pair}: from Earth, rejects left out"),
        table(_lines(found.processes, "process"), f"processes on {found.soil} soil"),
        table(pd.DataFrame(plant), "plant and its spares: share from Earth by grade of lunar plant making"),
    )


def _lines(rows: list[ImportLine], what: str) -> Any:
    import pandas as pd

    return pd.DataFrame(
        {
            "import": row.commodity,
            "amount": f"{row.amount_kg:g} kg/{row.per}",
            "made by": ", ".join(row.replaced_by) or "-",
            what: row.name if what == "slot" else f"{row.user} {row.name}",
        }
        for row in rows
    )


VERBS = (recipe, growth, imports)
