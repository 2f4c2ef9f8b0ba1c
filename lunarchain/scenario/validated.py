"""What is wrong with a tree of settings, all of it at once and in this program's words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from lunarchain.errors import Issue, nearest_name

Model = TypeVar("Model", bound=BaseModel)
Place = tuple[Any, ...]


def validated(model: type[Model], tree: dict[str, Any], file: str) -> tuple[Model | None, list[Issue]]:
    """What a tree of settings describes, and all that is wrong with it.

    Faulty keys (and entries of lists) are left out, so that the rest can still be checked; none when that is not
    possible.
    """
    issues: list[Issue] = []
    left_out: set[Place] = set()
    while True:
        try:
            return model.model_validate(tree), issues
        except ValidationError as error:
            faults: list[dict[str, Any]] = [dict(fault) for fault in error.errors()]
        issues += [_as_issue(model, fault, file) for fault in faults if tuple(fault["loc"]) not in left_out]
        places = {tuple(fault["loc"]) for fault in faults if fault["loc"]}
        left_out |= places
        smaller = _without(tree, places)
        if smaller == tree:
            return None, issues
        tree = smaller


def _without(tree: dict[str, Any], places: Iterable[Place]) -> dict[str, Any]:
    """The tree with some keys left out; of a list, the whole entry a fault lies in."""
    kept = dict(tree)
    for key in {place[0] for place in places}:
        deeper = [place[1:] for place in places if place[0] == key]
        inside = kept.get(key)
        if all(deeper) and isinstance(inside, dict):
            kept[key] = _without(inside, deeper)
        elif all(deeper) and isinstance(inside, list):
            kept[key] = [entry for n, entry in enumerate(inside) if all(n != place[0] for place in deeper)]
        else:
            kept.pop(key, None)
    return kept


def _as_issue(model: type[BaseModel], fault: Mapping[str, Any], file: str) -> Issue:
    location = [str(part) for part in fault["loc"]]
    key = ".".join(location) or "file"
    if fault["type"] == "extra_forbidden":
        valid = _keys_at(model, location[:-1])
        expected = "one of " + ", ".join(valid)
        return Issue(file, key, "an unknown key", expected, nearest_name(location[-1], valid))
    if fault["type"] == "missing":
        return Issue(file, key, "nothing", "a value: this key has no default")
    if fault["type"] == "value_error":  # a rule of our own, whose words are the fault
        return Issue(file, key, str(fault["msg"]).removeprefix("Value error, "), "settings that go together")
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
    return str(fault["msg"])


def _keys_at(model: type[BaseModel], location: Sequence[str]) -> list[str]:
    """The keys a table may have, of a section or of an entry of a list of tables."""
    for part in location:
        if part in model.model_fields:
            kinds = _kinds(model.model_fields[part].annotation)
            model = next((k for k in kinds if isinstance(k, type) and issubclass(k, BaseModel)), model)
    return list(model.model_fields)


def _kinds(annotation: Any) -> list[Any]:
    """A type and all the types it is made of, such as ``Step`` in ``tuple[Step, ...]``."""
    return [annotation, *(kind for part in get_args(annotation) for kind in _kinds(part))]
