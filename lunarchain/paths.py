"""Where the shipped data and cases live: inside the wheel when installed, beside the package in a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def shipped(folder: str) -> Path:
    """Path of the shipped folder ``data`` or ``models``, wherever the user stands.

    A checkout (or editable install) wins over a copy in the wheel, so an edited table is the one that is read.
    """
    checkout = _PACKAGE.parent / folder
    if (_PACKAGE.parent / "pyproject.toml").is_file() and checkout.is_dir():
        return checkout
    return _PACKAGE / "_shipped" / folder


def data_file(name: str) -> Path:
    """Path of one shipped data file."""
    return shipped("data") / name
