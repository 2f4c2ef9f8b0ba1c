"""A logistics run in words, on the terminal and as a self-contained page."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import plotly.io as pio

from lunarchain.logistics.network import Craft, Network, make_network
from lunarchain.pipeline.store import Run
from lunarchain.plan.logistics import departing_t
from lunarchain.report import style
from lunarchain.report.document import render
from lunarchain.report.paragraphs import COLUMNS, last_line, title, wrapped
from lunarchain.report.phrases import figure_text, listed, percent_text
from lunarchain.report.view import spoken
from lunarchain.units import factor

_FLIGHTS_NAMED = 6
_SOLVE = (
    "status", "objective", "bound", "gap", "columns", "rows", "nonzeros", "integers", "phases", "versions",
)  # fmt: skip
CLOSED = 1e-9  # a gap below this is rounding


def answer(run: Run, columns: int = COLUMNS) -> str:
    """The answer on one terminal screen, wrapped to ``columns``."""
    parts = [
        ("Plan", f"{_masses(run)} {_flights(run)}"),
        ("Sizes", _sizes(run)),
        ("Proof", _proof(run)),
        ("Audit", _audited(run)),
    ]
    lines = [line for label, text in parts if text for line in wrapped(label, text, columns)]
    return "\n".join([title(run.record["title"], columns), *lines, last_line(run.path)])


def _masses(run: Run) -> str:
    found, given = run.record["figures"], run.scenario.logistics
    place = spoken(given.count_from) if given else ""
    text = f"{found['imleo_kg']:,.1f} kg leave {place} to deliver {found['delivered_kg']:,.1f} kg"
    ratio = found["leo_kg_per_kg_delivered"]
    return text + (f": {figure_text(ratio)} kg for each kg." if ratio is not None else ".")


def _flights(run: Run) -> str:
    flights: dict[str, float] = run.record["figures"]["flights"]
    told = [f"{count:,.0f} {_leg(name)}" for name, count in flights.items() if count]
    more = [f"{len(told) - _FLIGHTS_NAMED} more legs"] if len(told) > _FLIGHTS_NAMED + 1 else []
    shown = told[:_FLIGHTS_NAMED] if more else told
    return f"Vehicles flown: {listed([*shown, *more])}." if told else "No vehicle flies."


def _leg(name: str) -> str:
    vehicle, _, way = name.partition(" ")
    return f"{vehicle.replace('_', ' ')} from {way.replace('>', ' to ').replace('_', ' ')}"


def _sizes(run: Run) -> str:
    given = run.scenario.logistics
    free = [name for name, vehicle in given.vehicles.items() if vehicle.free is not None] if given else []
    sizes = run.record["figures"]["sizes_kg"]
    told = [f"{name}: " + ", ".join(f"{what.replace('_', ' ')} {sizes[f'{name} {what}']:,.1f} kg"
            for what in ("payload", "propellant", "dry_mass")) for name in free]  # fmt: skip
    return "; ".join(told) + (", chosen by a search whose optimality is not proven." if told else "")


def _proof(run: Run) -> str:
    record = run.record
    return (
        f"{'At this size no' if _sizes(run) else 'No'} plan needs less than {record['bound']:,.1f} kg:"
        f" {_gap(record['gap'])}, in"
        f" {record['integers']} whole numbers of {record['columns']} unknowns. The bound is the solver's own."
    )


def _gap(gap: float) -> str:
    return "no gap is left" if gap < CLOSED else f"a gap of {percent_text(gap)}"


def _audited(run: Run) -> str:
    verdict, checks = run.record["audit"], run.certificate.get("checks", [])
    said = "passed" if verdict["passed"] else "FAILED"
    off = verdict["max_residual"]
    worst = "an error that is not a number" if off is None else f"worst error {off:.1e}"
    return f"It {said}: {len(checks)} kinds of statement recomputed from the tables, {worst}."


def build_page(runs: list[Run]) -> str:
    """One HTML document that shows the runs and loads nothing from anywhere."""
    title = " · ".join(str(run.record["title"]) for run in runs)
    return render("logistics.html", title=title, runs=[_shown(f"r{k}", run) for k, run in enumerate(runs)])


def _shown(key: str, run: Run) -> dict[str, Any]:
    record, network = run.record, _network(run)
    found = record["figures"]
    audit = record["audit"]["passed"]
    close = record["gap"] <= run.scenario.solve.gap
    return {
        "title": record["title"], "question": record["question"],
        "answer": [text for text in (_masses(run) + " " + _flights(run), _sizes(run)) if text],
        "badges": [{"good": close, "text": _gap(record["gap"]).capitalize()},
                   {"good": audit, "text": "Audit passed" if audit else "Audit failed"}],
        "cards": _cards(found),
        "chart": _drawn(key, run, network), "legs": _legs(run, network),
        "proof": _proof(run), "audit": _audited(run),
        "checks": _checks(run),
        "solve": [(spoken(name), record[name]) for name in _SOLVE],
    }  # fmt: skip


def _checks(run: Run) -> list[dict[str, Any]]:
    """The certificate, what failed first; a check is named with the phase or vehicle it is about."""
    checks = sorted(run.certificate.get("checks", []), key=lambda check: bool(check["passed"]))
    return [check | {"name": f"{check['name']}: {check['subject']}"} for check in checks]


def _cards(found: dict[str, Any]) -> list[dict[str, str]]:
    def tonnes(key: str) -> str:
        return f"{figure_text(found[key] * factor('kg', 't'), 4)} t"

    ratio = found["leo_kg_per_kg_delivered"]
    cards = (
        ("Mass that leaves", tonnes("imleo_kg"), "everything that departs"),
        ("Delivered", tonnes("delivered_kg"), "what was asked for"),
        ("Mass per mass", "–" if ratio is None else figure_text(ratio), "leaving per delivered"),
        ("Propellant burnt", tonnes("propellant_burnt_kg"), "on all legs"),
    )
    return [{"name": name, "value": value, "note": note} for name, value, note in cards]


def _network(run: Run) -> Network:
    """The network of a run, vehicles in the sizes its tables tell."""
    given = run.scenario.logistics
    assert given is not None
    net = make_network(given, run.facts)
    rows = {(row.node, row.item): float(row.value) for row in run.tables["sizes"].itertuples()}
    free = [name for name, vehicle in given.vehicles.items() if vehicle.free is not None]
    sized: dict[str, Craft] = {
        name: net.craft[name].sized(rows[name, "dry_mass"], rows[name, "payload"], rows[name, "propellant"])
        for name in free
    }
    return make_network(given, run.facts, sized) if sized else net


def _phase_names(run: Run, count: int) -> list[str]:
    given = run.scenario.logistics
    names = list(given.phases) if given else []
    return [f"{names[k % len(names)]} {k // len(names) + 1}" for k in range(count)]


def _drawn(key: str, run: Run, network: Network) -> str:
    """Bars: what departs on each leg, by what it is."""
    masses = departing_t(run.tables, network)
    names = _phase_names(run, network.phases)
    masses = masses[masses["t"] > 0]
    masses = masses.assign(
        leg=[
            f"{names[p]}: {a} to {b}"
            for p, a, b in zip(masses["period"], masses["start"], masses["end"], strict=True)
        ]
    )
    order = list(dict.fromkeys(masses.sort_values("period", kind="stable")["leg"]))
    figure = go.Figure()
    for k, (what, rows) in enumerate(masses.groupby("what", sort=False)):
        sums = rows.groupby("leg")["t"].sum().reindex(order, fill_value=0.0)
        colour = style.SEQUENCE[k % len(style.SEQUENCE)]
        figure.add_bar(y=order, x=sums, name=spoken(str(what)), orientation="h", marker={"color": colour})
    figure.update_layout(
        template="none", barmode="stack", height=90 + 30 * len(order), font={"family": style.FONT, "size": 13},
        margin={"l": 220, "r": 16, "t": 10, "b": 44},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
    )  # fmt: skip
    figure.update_yaxes(autorange="reversed")
    figure.update_xaxes(title={"text": "t departing"}, gridcolor="#e6e9ec")
    return str(
        pio.to_html(
            figure, full_html=False, include_plotlyjs=False, config={"displayModeBar": False}, div_id=key
        )
    )


def _legs(run: Run, network: Network) -> list[list[str]]:
    """A row for each leg flown: phase, leg, vehicles, mass departing and arriving."""
    masses = departing_t(run.tables, network).groupby(["period", "start", "end", "item"])["t"].sum()
    names, vehicles = _phase_names(run, network.phases), run.tables["vehicles"]
    flown = vehicles[vehicles["detail"] == "flown"]
    rows = []
    for row in flown.itertuples():
        start, end = row.node.split(">")
        arc = next(a for a in network.arcs if (a.start, a.end, a.departs) == (start, end, row.period))
        mass = float(masses.get((row.period, start, end, row.item), 0.0))
        left = mass * (1 - network.burnt_share(arc, row.item))
        rows.append(
            [
                names[row.period],
                f"{start} to {end}",
                row.item,
                f"{row.value:,.0f}",
                f"{arc.delta_v_m_s:,.0f}",
                f"{mass:,.3f}",
                f"{left:,.3f}",
            ]
        )
    return rows
