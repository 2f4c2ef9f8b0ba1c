"""One number of a case changed: a setting of the scenario by dotted path, or a fact by id."""

from __future__ import annotations

from lunarchain.scenario.load import Case
from lunarchain.scenario.schema import Scenario


def is_setting(key: str) -> bool:
    """Whether a key names a setting of the scenario (``policy.launch_licences_per_yr``) rather than a fact."""
    section, _, name = key.partition(".")
    field = Scenario.model_fields.get(section)
    return field is not None and name in getattr(field.annotation, "model_fields", {})


def path_of(key: str) -> str:
    """The dotted path by which ``--set`` changes a number."""
    return key if is_setting(key) else f"data.{key}"


def value_of(case: Case, key: str) -> float | None:
    """The number a key names; ``None`` where the case does not set it."""
    section, _, name = key.partition(".")
    if is_setting(key):
        found = getattr(getattr(case.scenario, section), name)
        return None if found is None else float(found)
    return case.facts[key].value if key in case.facts else None


def changed(case: Case, key: str, value: float) -> Case:
    """The case with one number replaced, as ``--set`` would. Raises ``ValidationError`` where it may not be so."""
    section, _, name = key.partition(".")
    tree = case.scenario.model_dump(mode="json", exclude_none=True)
    if is_setting(key):
        tree[section] = {**tree[section], name: value}
        return Case(case.name, Scenario.model_validate(tree), case.facts, case.file)
    tree["data"] = {**tree["data"], key: value}
    return Case(case.name, Scenario.model_validate(tree), case.facts.override({key: value}), case.file)
