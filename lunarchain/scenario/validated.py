"""What is wrong with a tree of settings, all of it at once and in this program's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from lunarchain.errors import Issue, nearest_name
from lunarchain.scenario.schema import Scenario


def validated(tree: dict[str, Any], file: str) -> tuple[Scenario | None, list[Issue]]:
    """The scenario, and what is wrong with it; faulty keys are left out so that the rest can still be checked."""
    issues: list[Issue] = []
    while True:
        try:
            return Scenario.model_validate(tree), issues
        except ValidationError as error:
            faults: list[dict[str, Any]] = [dict(fault) for fault in error.errors()]
        issues += [_as_issue(fault, file) for fault in faults]
        smaller = _without(tree, [tuple(fault["loc"]) for fault in faults if fault["loc"]])
        if smaller == tree:
            return None, issues
        tree = smaller


def _without(tree: dict[str, Any], places: Sequence[tuple[Any, ...]]) -> dict[str, Any]:
    """The tree with some keys left out (a whole list where one of its entries is at fault)."""
    kept = dict(tree)
    for key in {place[0] for place in places}:
        deeper = [place[1:] for place in places if place[0] == key]
        if all(deeper) and isinstance(kept.get(key), dict):
            kept[key] = _without(kept[key], deeper)
        else:
            kept.pop(key, None)
    return kept


def _as_issue(fault: Mapping[str, Any], file: str) -> Issue:
    location = [str(part) for part in fault["loc"]]
    key = ".".join(location) or "scenario"
    if fault["type"] == "extra_forbidden":
        valid = _keys_at(location[:-1])
        expected = "one of " + ", ".join(valid)
        return Issue(file, key, "an unknown key", expected, nearest_name(location[-1], valid))
    if fault["type"] == "missing":
        return Issue(file, key, "nothing", "a value: this key has no default")
    given = fault.get("input")
    if fault["type"] == "literal_error":
        valid = [word.strip(" '") for word in str(fault["ctx"]["expected"]).replace(" or ", ", ").split(",")]
        return Issue(file, key, repr(given), "one of " + ", ".join(valid), nearest_name(str(given), valid))
    return Issue(file, key, repr(given), _expected(fault))


# what the validation library asks for, in this program's words; {..} are the limits it names
_EXPECTED = {
    "greater_than": "a number above {gt:g}",
    "greater_than_equal": "a number not below {ge:g}",
    "less_than": "a number below {lt:g}",
    "less_than_equal": "a number not above {le:g}",
    "too_short": "at least {min_length} of them",
    "finite_number": "a finite number",
    "dict_type": "a table",
    "model_type": "a table",
    "tuple_type": "a list",
    "string_type": "a text in quotes",
}
_EXPECTED |= dict.fromkeys(("float_type", "float_parsing"), "a number")
_EXPECTED |= dict.fromkeys(("int_type", "int_parsing", "int_from_float"), "a whole number")
_EXPECTED |= dict.fromkeys(("bool_type", "bool_parsing"), "true or false")


def _expected(fault: Mapping[str, Any]) -> str:
    if fault["type"] in _EXPECTED:
        return _EXPECTED[fault["type"]].format(**fault.get("ctx", {}))
    return str(fault["msg"]).removeprefix("Value error, ")


def _keys_at(location: Sequence[str]) -> list[str]:
    model: type[BaseModel] = Scenario
    for part in location:
        field = model.model_fields.get(part)
        kind = field.annotation if field else None
        if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
            return ["until", "years"]
        model = kind
    return list(model.model_fields)
