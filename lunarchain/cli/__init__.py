"""The command line: verbs in, one screen or one JSON document out, exit codes that mean something.

Heavy libraries are imported inside the verb that needs them, so that ``--help`` answers at once.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from lunarchain.cli import answers, cases, explore, flights, industry, launcher, orbit, proofs, studies
from lunarchain.cli.screen import complain
from lunarchain.errors import LunarchainError

INTERRUPTED = 130  # what shells give a program ended by Ctrl-C

app = typer.Typer(
    name="lunarchain",
    help="Where to build AI compute for space, what to throw from the Moon, and whether it is worth it.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
_ROOMS = (cases, answers, launcher, explore, flights, industry, orbit, proofs, studies)
for verb in (verb for room in _ROOMS for verb in room.VERBS):
    app.command()(verb)


@app.callback(invoke_without_command=True)
def _version(version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    if version:
        from lunarchain import __version__

        print(__version__)
        raise typer.Exit()


def main() -> None:
    """Entry point: every error a user can cause becomes a message and an exit code, never a traceback."""
    as_json = "--json" in sys.argv
    try:
        app()
    except LunarchainError as error:
        complain(error, as_json)
        raise SystemExit(error.exit_code) from None
    except OSError as error:
        complain(LunarchainError(f"{error.strerror or error}: {error.filename or ''}"), as_json)
        raise SystemExit(LunarchainError.exit_code) from None
    except (KeyboardInterrupt, SystemError) as error:
        # compiled code that is interrupted says so by a system error
        if not isinstance(error.__cause__ or error, KeyboardInterrupt):
            raise
        complain(LunarchainError("interrupted: nothing was stored"), as_json)
        raise SystemExit(INTERRUPTED) from None
