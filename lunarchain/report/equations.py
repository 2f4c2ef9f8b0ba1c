"""The equations of the model, read off the model itself: nothing of the math is written here a second time.

Words, units and kinds come from the components' own ``doc``; symbols, sums and counts from their rows; the sentences
above them from the docstring of the module that wrote them.
"""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pyomo.environ as pyo
from pyomo.repn import generate_standard_repn

from lunarchain.model.context import Context
from lunarchain.model.meaning import meaning, period_of

TERMS_SHOWN = 6
_SYMBOLS = "efhlmnuxyz"  # for indices of no set that has a letter of its own


@dataclass(frozen=True)
class Term:
    """All terms of one variable family in a row: its symbols and what is summed over.

    ``coefficient`` is empty where every one is one, else ``a``.
    """

    variable: str
    symbols: tuple[str, ...]
    summed: tuple[str, ...]
    count: int
    sign: str
    coefficient: str


@dataclass(frozen=True)
class Row:
    """One family of constraints: its meaning, its general form and one row of it, worked."""

    name: str
    symbols: tuple[str, ...]
    kind: str
    words: str
    unit: str
    count: int
    terms: tuple[Term, ...]
    relation: str
    side: str
    worked: str


@dataclass(frozen=True)
class Column:
    """One family of variables."""

    name: str
    symbols: tuple[str, ...]
    words: str
    unit: str
    count: int
    domain: str


@dataclass(frozen=True)
class Subsystem:
    """What one module of the model writes: its own words, its variables, its constraints."""

    name: str
    title: str
    text: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Equations:
    """The whole model of a case as text."""

    case: str
    sets: Mapping[str, tuple[str, tuple[str, ...]]]
    subsystems: tuple[Subsystem, ...]
    costs: tuple[str, ...]


def equations(context: Context, case: str) -> Equations:
    """Read the equations off a built model."""
    sets = _sets(context)
    names = list(dict.fromkeys(context.subsystems.values()))
    found = tuple(_subsystem(context, name, sets) for name in names)
    costs = tuple(context.ledgers.cost)
    return Equations(case, sets, tuple(s for s in found if s.columns or s.rows or s.text), costs)


def _sets(context: Context) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Symbol, name and members of every set, in the order in which a word is looked up."""
    inputs, facts = context.inputs, context.inputs.facts
    networks = [site.network for site in inputs.sites.values()]
    edges = inputs.calendar.edges
    found: dict[str, tuple[str, Iterable[str]]] = {
        "i": ("lunar sites", inputs.sites),
        "v": ("launch vehicles", inputs.scenario.launch.vehicles),
        "o": ("orbits, and the ground", (*inputs.scenario.satellites.orbits, "ground")),
        "q": ("service classes", facts.children("services")),
        "p": ("processes", dict.fromkeys(p for network in networks for p in network)),
        "r": ("routes", facts.children("routes")),
        "k": ("power options", [k for k in facts.children("power") if f"power.{k}.sites" in facts]),
        "c": ("commodities", facts.children("commodities")),
        "d": ("launcher designs", dict.fromkeys(d.id for menu in inputs.menu.values() for d in menu)),
        "g": ("grades of lunar-made plant", facts.children("closure.grade")),
        "w": ("ways of haulage", inputs.scenario.moon.haulage),
        "s": ("slices of the year", ("lit", "dark")),
        "t": ("periods, by their first year", [f"{edges[t]:g}" for t in inputs.calendar.periods]),
    }
    return {symbol: (name, tuple(members)) for symbol, (name, members) in found.items() if tuple(members)}


def _symbols(index: Any, sets: Mapping[str, tuple[str, tuple[str, ...]]]) -> tuple[str, ...]:
    """A letter for each part of an index: that of the set it belongs to, else a free one."""
    parts = index if isinstance(index, tuple) else (index,)
    period, spare = period_of(index), iter(_SYMBOLS)
    taken: list[str] = []
    for place, part in enumerate(parts):
        last = part == period and type(part) is int and period_of(tuple(parts[place + 1 :]) or ("",)) is None
        own = "t" if last else next((s for s, (_, members) in sets.items() if part in members), "")
        symbol = own or next(spare)
        taken.append(symbol + "'" * taken.count(symbol))
    return tuple(taken)


def _subsystem(context: Context, module: str, sets: Mapping[str, tuple[str, tuple[str, ...]]]) -> Subsystem:
    text = inspect.cleandoc(importlib.import_module(module).__doc__ or "")
    title, _, body = text.partition("\n")
    mine = [getattr(context.model, name) for name, origin in context.subsystems.items() if origin == module]
    columns = tuple(_column(c, sets) for c in mine if c.ctype is pyo.Var and len(c))
    rows = tuple(_row(c, sets) for c in mine if c.ctype is pyo.Constraint and len(c))
    return Subsystem(module.rsplit(".", 1)[1], title.rstrip("."), body.strip(), columns, rows)


def _column(family: Any, sets: Mapping[str, tuple[str, tuple[str, ...]]]) -> Column:
    index = next(iter(family))
    means, member = meaning(family, index), family[index]
    domain = "yes or no" if member.is_binary() else "whole" if member.is_integer() else "number"
    return Column(family.name, _symbols(index, sets), means.words, means.unit, len(family), domain)


def _row(family: Any, sets: Mapping[str, tuple[str, tuple[str, ...]]]) -> Row:
    index = _telling(family)
    row, means = family[index], meaning(family, index)
    found = generate_standard_repn(row.body, compute_values=True)
    pairs = list(zip(map(float, found.linear_coefs), found.linear_vars, strict=True))
    relation, side = _relation(row, float(found.constant))
    symbols = _symbols(index, sets)
    return Row(
        family.name, symbols, means.kind, means.words, means.unit, len(family), _terms(pairs, index, symbols, sets),
        relation, f"{side:.6g}" if side else "0", _worked(family.name, index, pairs, relation, side),
    )  # fmt: skip


def _telling(family: Any) -> Any:
    """The index of the row that names most kinds of variables, in the middle of the calendar if there is a choice."""

    def kinds(index: Any) -> int:
        variables = generate_standard_repn(family[index].body, compute_values=True).linear_vars
        return len({variable.parent_component().name for variable in variables})

    indices = list(family)
    middle = indices[len(indices) // 3 : len(indices) // 3 + 40] or indices
    return max(middle, key=kinds)


def _relation(row: Any, constant: float) -> tuple[str, float]:
    if row.equality:
        return "=", float(pyo.value(row.upper)) - constant
    if row.upper is not None:
        return "<=", float(pyo.value(row.upper)) - constant
    return ">=", float(pyo.value(row.lower)) - constant


def _terms(
    pairs: list[tuple[float, Any]], index: Any, symbols: tuple[str, ...], sets: Mapping[str, Any]
) -> tuple[Term, ...]:
    """The general form: terms gathered by variable, what varies among them summed over."""
    parts = index if isinstance(index, tuple) else (index,)
    held = dict(zip(map(str, parts), symbols, strict=True))
    families: dict[tuple[str, bool], list[tuple[float, Any]]] = {}
    for coefficient, variable in pairs:
        families.setdefault((variable.parent_component().name, coefficient > 0), []).append(
            (coefficient, variable)
        )
    found = []
    for (name, positive), entries in families.items():
        indices = [v.index() if isinstance(v.index(), tuple) else (v.index(),) for _, v in entries]
        own, summed = [], []
        for place, symbol in enumerate(_symbols(indices[0], sets)):
            values = {str(one[place]) for one in indices}
            same = len(values) == 1 and next(iter(values)) in held
            if same:
                own.append(held[next(iter(values))])
            else:
                named = symbol + "'" if symbol in symbols else symbol
                own.append(named)
                summed += [named] * (len(values) > 1)
        plain = all(abs(coefficient) == 1 for coefficient, _ in entries)
        sign, letter = "+" if positive else "-", "" if plain else "a"
        found.append(Term(name, tuple(own), tuple(summed), len(entries), sign, letter))
    return tuple(found)


def _worked(name: str, index: Any, pairs: list[tuple[float, Any]], relation: str, side: float) -> str:
    """One row in numbers, its first terms written out."""
    parts = index if isinstance(index, tuple) else (index,)
    said = []
    for coefficient, variable in pairs[:TERMS_SHOWN]:
        size = "" if abs(coefficient) == 1 else f"{abs(coefficient):.4g} "
        said.append(f"{'-' if coefficient < 0 else '+'} {size}{variable.name}")
    if len(pairs) > TERMS_SHOWN:
        said.append(f"+ ... ({len(pairs) - TERMS_SHOWN} more terms)")
    left = " ".join(said).removeprefix("+ ")
    return f"{name}[{','.join(map(str, parts))}]: {left} {relation} {side:.4g}"


def as_text(found: Equations) -> str:
    """The equations for a terminal."""
    lines = [f"The model of {found.case}", "", "Sets"]
    lines += [f"  {symbol:2} {name}: {_members(members)}" for symbol, (name, members) in found.sets.items()]
    for part in found.subsystems:
        lines += ["", f"{part.title}  ({part.name})", *(f"  {line}" for line in _joined(part.text))]
        lines += ["", *(f"  {_named(c.name, c.symbols)}  {c.words} [{c.unit}], {c.domain}, {c.count}"
                        for c in part.columns)]  # fmt: skip
        for row in part.rows:
            lines += ["", f"  {row.kind}: {row.words} [{row.unit}], {row.count} rows",
                      f"    {_named(row.name, row.symbols)}: {_general(row)}", f"    e.g. {row.worked}"]  # fmt: skip
    return "\n".join([*lines, "", "Cost items: " + ", ".join(found.costs)])


def _joined(text: str) -> list[str]:
    """Lines of prose with what was broken off put back: a terminal breaks them where it is wide."""
    lines: list[str] = []
    for line in text.splitlines():
        before = lines[-1] if lines else ""
        heading = " " not in before.strip()  # or nothing at all
        if heading or not line.strip() or line.startswith(" ") or before.endswith((".", ";", ":")):
            lines.append(line)
        else:
            lines[-1] = f"{before} {line}"
    return lines


def _named(name: str, symbols: Iterable[str]) -> str:
    return f"{name}[{','.join(symbols)}]"


def _members(members: tuple[str, ...], most: int = 12) -> str:
    shown = ", ".join(members[:most])
    return shown if len(members) <= most else f"{shown}, ... ({len(members)} in all)"


def _general(row: Row) -> str:
    """The general form in plain characters; ``a`` stands for coefficients, ``b`` for the right-hand side."""
    said = []
    for term in row.terms:
        over = f"sum_{{{','.join(term.summed)}}} " if term.summed else ""
        letter = f"{term.coefficient} " if term.coefficient else ""
        said.append(f"{term.sign} {over}{letter}{_named(term.variable, term.symbols)}")
    side = "0" if row.side == "0" else "b"
    return f"{' '.join(said).removeprefix('+ ')} {row.relation} {side}"


def _tex(row: Row) -> str:
    said = []
    for term in row.terms:
        over = rf"\sum_{{{','.join(term.summed)}}} " if term.summed else ""
        letter = rf"{term.coefficient}\," if term.coefficient else ""
        said.append(rf"{term.sign} {over}{letter}{_tex_name(term.variable, term.symbols)}")
    side = "0" if row.side == "0" else "b"
    relation = {"<=": r"\le", ">=": r"\ge", "=": "="}[row.relation]
    return f"{' '.join(said).removeprefix('+ ')} {relation} {side}"


def _tex_name(name: str, symbols: Iterable[str]) -> str:
    plain = name.replace("_", r"\_")
    return rf"\mathrm{{{plain}}}_{{{','.join(symbols)}}}"


def as_markdown(found: Equations) -> str:
    """The equations as a page of Markdown, formulas in LaTeX."""
    lines = [f"# The equations of the model, as built for `{found.case}`", "",
             "Read off the model by `lunarchain math`; coefficients are written $a$ and right-hand sides $b$, and one"
             " row of each family stands below it in numbers. Sums run over what varies in the row shown.", "",
             "| set | what | members |", "|---|---|---|"]  # fmt: skip
    lines += [
        f"| ${symbol}$ | {name} | {_members(members)} |" for symbol, (name, members) in found.sets.items()
    ]
    for part in found.subsystems:
        lines += ["", f"## {part.title}", "", part.text]
        if part.columns:
            lines += ["", "| variable | what | unit | kind | count |", "|---|---|---|---|---:|"]
            lines += [f"| ${_tex_name(c.name, c.symbols)}$ | {c.words} | {c.unit} | {c.domain} | {c.count:,} |"
                      for c in part.columns]  # fmt: skip
        for row in part.rows:
            lines += ["", f"**{row.words}** [{row.unit}] ({row.kind}, {row.count:,} rows)", "", f"$${_tex(row)}$$", "",
                      f"`{row.worked}`"]  # fmt: skip
    return "\n".join([*lines, "", "## Cost items", "", ", ".join(found.costs) + ".", ""])


def as_latex(found: Equations) -> str:
    """The equations as a LaTeX document."""
    lines = [r"\documentclass{article}", r"\usepackage{amsmath,geometry,longtable}", r"\begin{document}",
             rf"\title{{The model of {_escaped(found.case)}}}\maketitle", r"\section*{Sets}",
             r"\begin{itemize}"]  # fmt: skip
    lines += [
        rf"\item ${s}$: {_escaped(name)}: {_escaped(_members(members))}"
        for s, (name, members) in found.sets.items()
    ]
    lines += [r"\end{itemize}"]
    for part in found.subsystems:
        lines += ["", rf"\section{{{_escaped(part.title)}}}", _escaped(part.text)]
        if part.columns:
            lines += [r"\begin{itemize}"]
            lines += [_item(column) for column in part.columns]
            lines += [r"\end{itemize}"]
        for row in part.rows:
            lines += [rf"\paragraph{{{_escaped(row.words)}}} [{_escaped(row.unit)}] {row.kind}, {row.count} rows",
                      r"\begin{multline*}", _tex(row), r"\end{multline*}",
                      rf"{{\footnotesize\texttt{{{_escaped(row.worked)}}}}}"]  # fmt: skip
    return "\n".join(
        [*lines, "", r"\paragraph{Cost items} " + _escaped(", ".join(found.costs)), r"\end{document}", ""]
    )


def _item(column: Column) -> str:
    symbol = _tex_name(column.name, column.symbols)
    return rf"\item ${symbol}$: {_escaped(column.words)} [{_escaped(column.unit)}], {column.domain}, {column.count}"


def _escaped(text: str) -> str:
    """Text made safe for LaTeX; what stands between dollar signs is mathematics already."""
    parts = re.split(r"(\$[^$]*\$)", text.replace("``", "`"))
    return "".join(
        p if p.startswith("$") else re.sub(r"([_%&#{}])", r"\\\1", p).replace("^", r"\^{}") for p in parts
    )
