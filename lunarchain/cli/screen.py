"""What reaches the terminal: one JSON document, or one screen, a live line meanwhile, and errors."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from lunarchain.errors import InfeasibleError, InputError, LunarchainError
from lunarchain.jsonable import jsonable

if TYPE_CHECKING:
    import pandas as pd
    from rich.table import Table

Texts = dict[str, list[str]]  # the cells of a table by column
Progress = Callable[[str, float | None, float | None], None]


def emit(content: Any, as_json: bool, quiet: bool, screen: Callable[[], object]) -> None:
    """The one place that decides between the JSON document, the screen and silence."""
    if as_json:
        print(json.dumps(jsonable(content), indent=2, allow_nan=False))
    elif not quiet:
        from rich.console import Console

        Console(highlight=False).print(screen())


def complain(error: LunarchainError, as_json: bool) -> None:
    """An error as a message on stderr, or as the JSON document where one was asked for."""
    issues = error.issues if isinstance(error, InputError) else []
    if as_json:
        content: dict[str, Any] = {
            "status": "error",
            "message": str(error),
            "issues": [issue.as_dict() for issue in issues],
        }
        if isinstance(error, InfeasibleError):
            content |= {"status": "infeasible", "why": error.why}
        print(json.dumps(jsonable(content), indent=2))
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(stderr=True, highlight=False)
    for line in [str(issue) for issue in issues] or [str(error)]:
        console.print(Text.assemble(("error ", "bold red"), line), soft_wrap=True)
    if isinstance(error, InfeasibleError) and error.why:
        for part in _why(error.why):
            console.print(part, soft_wrap=isinstance(part, Text))  # what is to be copied stays on one line


def _why(why: dict[str, Any]) -> list[Any]:
    """Why there is no plan, as a screen: what is asked, what is short, what would mend it."""
    import pandas as pd
    from rich.text import Text

    from lunarchain.report.infeasible import commands, headline, relief_rows, short_rows

    tables = {
        "What is short, if only that gave way (cheapest first)": short_rows(why),
        "Any one of these changes brings the goals within reach (smallest first)": relief_rows(why),
    }
    typed = [Text(line) for line in commands(why)]
    shown = [table(pd.DataFrame(rows), title) for title, rows in tables.items() if rows]
    return [headline(why), *shown, *(["To type, in the same order:", *typed] if typed else [])]


@contextmanager
def live(show: bool) -> Iterator[Progress]:
    """A live line: phase, best plan, bound, gap, elapsed. Without a terminal, or asked to be quiet, nothing."""
    if not show:
        yield lambda phase, plan, bound: None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar
    from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TextColumn("{task.fields[state]}"),
        TimeElapsedColumn(),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=None, state="")

        def report(phase: str, plan: float | None, bound: float | None) -> None:
            known = [
                f"{name} {cost:,.0f} G$"
                for name, cost in (("plan", plan), ("bound", bound))
                if cost is not None
            ]
            gap = [f"gap {100 * ((plan - bound) / plan):.3f} %"] if plan and bound else []
            bar.update(task, description=phase, state="  ".join(known + gap))

        yield report


@contextmanager
def steps(show: bool, name: str) -> Iterator[Callable[[Any], None]]:
    """A live bar over many cases: how many are done, at what rate, and how long the rest takes."""
    if not show:
        yield lambda state: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(20), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"),
               TimeElapsedColumn())  # fmt: skip
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(name, total=None, rate="")

        def report(state: Any) -> None:
            rate = "" if state.rate_per_s is None else f"{60 * state.rate_per_s:.3g}/min"
            left = "" if state.seconds_left is None else f", {_duration(state.seconds_left)} left"
            bar.update(task, total=state.total, completed=state.done, rate=rate + left)

        yield report


def _duration(seconds: float) -> str:
    hours, rest = divmod(round(seconds), 3600)
    return f"{hours} h {rest // 60} min" if hours else f"{rest // 60} min {rest % 60} s"


def table(frame: Any, title: str) -> Table:
    """A data frame as a table for the terminal."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    shown = Table(
        title=title, title_justify="left", header_style="bold", box=SIMPLE_HEAD, padding=(0, 1, 0, 0)
    )
    texts = {str(column): [_cell(value) for value in frame[column]] for column in frame.columns}
    figures = {column: all(_FIGURE.match(x) or x in _NOTHING for x in cells) for column, cells in texts.items()}
    for width in (_LEAST_WORDS, _FEWEST):  # heads of numbers are broken further where the table is too wide
        heads = {name: _head(name, cells, width) if figures[name] else name for name, cells in texts.items()}
        if _room(texts, heads, figures) >= 0:
            break
    widths = _least_widths(texts, heads, figures)
    for column in texts:
        shown.add_column(
            heads[column],
            justify="right" if figures[column] else "left",
            # a number is never broken or cut off; words give way on a narrow terminal, but not to nothing
            no_wrap=figures[column],
            min_width=widths[column],
            overflow="fold",
        )
    for row in zip(*texts.values(), strict=True):
        shown.add_row(*row)
    return shown


def _head(column: str, cells: list[str], least: int) -> str:
    """The head of a column of numbers, on lines not much wider than they are."""
    from textwrap import wrap

    width = max([least, *map(len, cells)])
    return "\n".join(wrap(column, width, break_long_words=False)) or column


def _kept(column: str, texts: Texts, heads: dict[str, str], figures: dict[str, bool]) -> int:
    """Columns that a column of a table should keep: all of a number, a dozen of words, and its head."""
    longest = max(map(len, texts[column]), default=0)
    least = longest if figures[column] else min(longest, _LEAST_WORDS)
    return max(least, *map(len, heads[column].split("\n")))


def _room(texts: Texts, heads: dict[str, str], figures: dict[str, bool]) -> int:
    """Columns the terminal has beside those the table should keep; below zero where it has not enough."""
    return terminal_columns(most=1000) - sum(_kept(column, texts, heads, figures) + 2 for column in texts) - 1


def _least_widths(texts: Texts, heads: dict[str, str], figures: dict[str, bool]) -> dict[str, int]:
    """The least width of every column: whole words from the left as far as they fit; where nothing fits, words give."""
    least = {column: _kept(column, texts, heads, figures) for column in texts}
    spare = _room(texts, heads, figures)
    words = [column for column in texts if not figures[column]]
    for column in words if spare >= 0 else reversed(words):
        word = max((len(word) for cell in texts[column] for word in cell.split()), default=0)
        wider = max(min(word, _MOST_WORD) - least[column], 0)
        more = wider if spare >= 0 else -min(-spare, max(least[column] - _FEWEST, 0))
        if more <= max(spare, 0):
            least[column], spare = least[column] + more, spare - more
    return least


def spoken(rows: pd.DataFrame, heads: dict[str, str]) -> pd.DataFrame:
    """Some columns of a frame under short heads, numbers to four digits, nothing where there is none."""
    shown = rows[list(heads)].rename(columns=heads)
    for name in shown.select_dtypes("float"):
        shown[name] = _aligned(shown[name].tolist())
    return shown.fillna("")


def _aligned(numbers: list[float]) -> list[str]:
    """Numbers to four digits; where none is ten times another, all with the same decimals, zeros at the end too."""
    sizes = [abs(x) for x in numbers if x == x and x]
    if not sizes or max(sizes) >= 10 * min(sizes):
        return [f"{x:.4g}" if x == x else "" for x in numbers]
    decimals = max(_DIGITS - 1 - math.floor(math.log10(max(sizes))), 0)
    return [f"{x:.{decimals}f}" if x == x else "" for x in numbers]


_FIGURE = re.compile(r"[<>]?\s*[+-]?\.?\d|[<>+]")  # how the text of a number begins
_NOTHING = ("", "-", "–", "nan")
_DIGITS = 4
_LEAST_WORDS = 12  # columns a text keeps at the least
_FEWEST = 7  # and where even so the numbers do not fit
_MOST_WORD = 20  # a word up to this length, such as the id of a track, is not broken


def _cell(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def terminal_columns(most: int = 98) -> int:
    """Columns to wrap prose to: the terminal's, but no more than is pleasant to read."""
    from rich.console import Console

    return min(Console().width, most)


def hung(text: str) -> str:
    """Text fitted to the terminal: what is left of a long line goes on beneath it, further in."""
    from textwrap import wrap

    from rich.console import Console

    def fitted(line: str) -> list[str]:
        inner = " " * (len(line) - len(line.lstrip()) + 4)
        return wrap(line, Console().width, subsequent_indent=inner, break_long_words=False, break_on_hyphens=False)

    return "\n".join(part for line in text.splitlines() for part in fitted(line) or [""])


def pairs(content: dict[str, Any]) -> str:
    """Names and values, one a line."""
    width = max(map(len, content), default=0)
    return "\n".join(f"{name:{width}}  {_plain(value)}" for name, value in content.items())


def _plain(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.6g}"
    if isinstance(value, dict):
        return ", ".join(f"{name} {_plain(part)}" for name, part in value.items())
    return str(value)
