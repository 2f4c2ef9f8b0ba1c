"""A worker that stands in for the solver: what each case does is written in its title. Run as a program."""

from __future__ import annotations

import os
import time
from typing import Any

from lunarchain.study.child import serve


def answer(task: dict[str, Any]) -> dict[str, Any]:
    """One row; the growth of demand says how the case behaves."""
    growth = task["settings"]["demand"]["growth"]
    behave(growth)
    return {"id": task["id"], "status": "relaxed", "reason": "", "objective": 100 * growth, "moon": "no"}


def behave(growth: float) -> None:
    """Hang, eat memory or die at the growths the tests choose for it."""
    time.sleep(float(os.environ.get("STAND_IN_S", "0.01")))
    if growth == 0.91:
        time.sleep(600)
    if growth == 0.92:
        eaten = []
        while True:
            eaten.append(bytearray(b"x" * 2**26))
            time.sleep(0.02)
    if growth == 0.93:
        os.abort()
    if growth == 0.94:
        print("noise that is no answer")
    if growth == 0.95:
        raise RuntimeError("nobody caught this")


if __name__ == "__main__":
    serve(answer)
