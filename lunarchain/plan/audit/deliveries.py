"""Loads thrown in a plan, and the products that leave sites and reach destinations with them."""

from __future__ import annotations

from collections.abc import Iterator

from lunarchain.plan.audit.arcs import PRODUCTS, Throw
from lunarchain.plan.audit.case import Case
from lunarchain.plan.audit.certificate import Vector


def thrown(case: Case) -> Iterator[tuple[Throw, str, Vector]]:
    """Every row of the thrown table that the case allows: throw, slice, and kt/yr over the periods."""
    for track, destination, detail, mass in case.rows("thrown"):
        payload_class, mode, slice_ = (*detail.split("|"), "", "")[:3]
        throw = case.throws.get((track, destination, payload_class, mode))
        if throw is not None:
            yield throw, slice_, mass


def sent_kt_per_yr(case: Case, site: str, product: str) -> Vector:
    """Product thrown from a site."""
    found = (
        t.product * m for t, _, m in thrown(case) if t.site == site and PRODUCTS[t.payload_class] == product
    )
    return sum(found, case.zero)


def reached_kt_per_yr(case: Case, destination: str, product: str) -> Vector:
    """Product that arrives at a destination, losses taken off."""
    found = (
        t.product * t.arriving * m
        for t, _, m in thrown(case)
        if t.destination == destination and PRODUCTS[t.payload_class] == product
    )
    return sum(found, case.zero)
