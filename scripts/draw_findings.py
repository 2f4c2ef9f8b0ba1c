"""Draw the three pictures of docs/findings.md from the stored studies.

    lunarchain sweep assembly_place && lunarchain sweep tornado_terawatt
    python scripts/draw_findings.py [--studies studies] [--out docs/pictures] [--browser chromium]

Pictures are drawn by a headless browser, because that is what draws them on the page too.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
from pathlib import Path

import plotly.graph_objects as go
import plotly.io as pio

from lunarchain.report import headlines
from lunarchain.scenario.facts import load_facts
from lunarchain.study.collect import collect
from lunarchain.study.store import Store
from lunarchain.study.study import load_study

WIDTH = 900


def main() -> None:
    """Draw all three."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--studies", type=Path, default=Path("studies"))
    parser.add_argument("--out", type=Path, default=Path("docs/pictures"))
    parser.add_argument("--browser", default="chromium")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for name, figure in _figures(options.studies).items():
        path = options.out / f"{name}.png"
        _draw(figure, path.resolve(), options.browser)
        print(path)


def _figures(folder: Path) -> dict[str, go.Figure]:
    assembly, tornado = load_study(headlines.ASSEMBLY), load_study(headlines.TORNADO)
    imports = load_facts().below("satellites.claim.moon.import")
    whole = sum(fact.to("kg/kW") for fact in imports.values())
    swings = collect(tornado, Store(folder / tornado.name))
    return {
        "chips_on_the_moon": headlines.chips_on_the_moon(
            collect(assembly, Store(folder / assembly.name)), whole
        ),
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
