"""Draw the three pictures of docs/findings.md and write its tables, from the stored studies.

    for study in assembly_place tornado_terawatt discount_by_actor crossover_map sobol_crossover morris_terawatt \\
        policies one_change; do lunarchain sweep $study; done
    lunarchain flips 02_crossover; lunarchain flips 04_terawatt --most 6
    python scripts/draw_findings.py [--studies studies] [--docs docs] [--browser chromium]

A table stands between ``<!-- NAME: ... -->`` and ``<!-- end -->``; what no study says is left as it is, and said so.
Pictures are drawn by a headless browser, because that is what draws them on the page too.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import tempfile
from pathlib import Path

import pandas as pd
import plotly.graph_objects as go
import plotly.io as pio
from findings_tables import BLOCKS, flips

from lunarchain.report import headlines
from lunarchain.report.flips_page import ANSWER
from lunarchain.scenario.facts import load_facts
from lunarchain.scenario.load import load
from lunarchain.study.collect import NOT_RUN, earlier, table_of
from lunarchain.study.store import Store
from lunarchain.study.study import Study, load_study

WIDTH = 900


def main() -> None:
    """Draw all three, and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--studies", type=Path, default=Path("studies"))
    parser.add_argument("--docs", type=Path, default=Path("docs"))
    parser.add_argument("--browser", default="chromium")
    options = parser.parse_args()
    pictures, page = options.docs / "pictures", options.docs / "findings.md"
    pictures.mkdir(parents=True, exist_ok=True)
    for name, figure in _figures(options.studies).items():
        path = pictures / f"{name}.png"
        _draw(figure, path.resolve(), options.browser)
        print(path)
    page.write_text(_filled(page.read_text(encoding="utf-8"), _tables(options.studies)), encoding="utf-8")
    print(page)


def _tables(folder: Path) -> dict[str, str]:
    """Every table whose study is stored whole, by the name of its place in the document."""
    found = {}
    for name, (of, told) in BLOCKS.items():
        study = load_study(of)
        table = _table(study, folder)
        if (table["status"] == NOT_RUN).any() or len(table) < len(study.cases):
            print(f"{name}: left as it is, since {of} has not been run to its end")
            continue
        found[name] = told(study, table)
    for answer in sorted(folder.glob(f"flips-*/{ANSWER}")):
        content = json.loads(answer.read_text(encoding="utf-8"))
        found[f"flips-{content['case']}"] = flips(load(content["case"]), content)
    return found


def _table(study: Study, folder: Path) -> pd.DataFrame:
    """The rows of a study, of another version of the program where this one has answered nothing: then it is said."""
    store = Store(folder / study.name)
    table = table_of(study, store)
    older = earlier(study, store) if (table["status"] == NOT_RUN).all() else None
    if older is not None:
        print(f"{study.name}: from answers of another version of the program or its tables")
    return table if older is None else older


def _filled(text: str, tables: dict[str, str]) -> str:
    """The document with its tables written anew."""
    for name, table in tables.items():
        place = re.compile(rf"(<!-- {re.escape(name)}:[^\n]*-->\n).*?(<!-- end -->)", re.DOTALL)
        if not place.search(text):
            raise SystemExit(f"no place for '{name}' in the document")
        text = place.sub(lambda found, table=table: f"{found[1]}\n{table}\n\n{found[2]}", text)
    return text


def _figures(folder: Path) -> dict[str, go.Figure]:
    assembly, tornado = load_study(headlines.ASSEMBLY), load_study(headlines.TORNADO)
    imports = load_facts().below("satellites.claim.moon.import")
    whole = sum(fact.to("kg/kW") for fact in imports.values())
    swings = _table(tornado, folder)
    return {
        "chips_on_the_moon": headlines.chips_on_the_moon(_table(assembly, folder), whole),
        "what_makes_the_moon_win": headlines.what_makes_the_moon_win(tornado, swings),
        "what_a_terawatt_needs": headlines.what_it_needs(tornado, swings),
    }


def _draw(figure: go.Figure, path: Path, browser: str) -> None:
    height = int(figure.layout.height)
    figure.update_layout(width=WIDTH)
    with tempfile.TemporaryDirectory() as scratch:
        page = Path(scratch) / "figure.html"
        body = pio.to_html(figure, full_html=False, include_plotlyjs=True, config={"staticPlot": True})
        page.write_text(f"<html><body style='margin:0'>{body}</body></html>", encoding="utf-8")
        subprocess.run(
            [browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
             f"--screenshot={path}", f"--window-size={WIDTH},{height}", "--virtual-time-budget=4000", page.as_uri()],
            check=True, capture_output=True,
        )  # fmt: skip


if __name__ == "__main__":
    main()
