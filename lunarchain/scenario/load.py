"""Read a case: file, what it extends, overlays and ``--set`` values, merged, validated, frozen and hashed."""

from __future__ import annotations

import fnmatch
import hashlib
import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from pathlib import Path
from typing import Any

from lunarchain.errors import InputError, Issue, nearest_name
from lunarchain.paths import shipped
from lunarchain.scenario.facts import Facts, load_facts
from lunarchain.scenario.schema import Scenario, Wanted
from lunarchain.scenario.validated import validated

Tree = dict[str, Any]
_NAMED = 5  # numbers a warning spells out


@dataclass(frozen=True)
class Layer:
    """Settings as one file, overlay or ``--set`` gives them, and what to call that source when they are wrong."""

    source: str
    tree: Tree
    asked: str = ""  # how a person asked for it beside the case: an overlay's name, or ``path=value``


@dataclass(frozen=True)
class Case:
    """A validated scenario with the facts it uses, and where it came from."""

    name: str
    scenario: Scenario
    facts: Facts
    file: str
    layers: tuple[Layer, ...] = ()

    @property
    def content_hash(self) -> str:
        """Twelve hex digits that change when any choice or any number of the case changes."""
        numbers = {k: (f.value, f.low, f.high, f.unit, f.text) for k, f in self.facts.items()}
        body = json.dumps([self.scenario.model_dump(mode="json"), sorted(numbers.items())], default=str)
        return hashlib.sha256(body.encode()).hexdigest()[:12]

    @property
    def changes(self) -> list[str]:
        """The overlays and settings given beside the case's own file, in their order."""
        return [layer.asked for layer in self.layers if layer.asked]

    @property
    def warnings(self) -> list[str]:
        """What a reader of the answer must know of the numbers the case itself sets."""
        outside = self.facts.outside_range()
        more = [f"and {len(outside) - _NAMED} more"] if len(outside) > _NAMED else []
        changed = [*self.scenario.data, *self.scenario.scale]
        found = {
            "numbers outside the range of their own source": "; ".join([*outside[:_NAMED], *more]),
            "sourced numbers replaced by the scenario": ", ".join(changed),
        }
        return [f"{what}: {which}" for what, which in found.items() if which]

    def attributed(self, issues: Iterable[Issue]) -> list[Issue]:
        """The issues, each naming the file, overlay or ``--set`` that its key was last set by."""
        return _attributed(issues, self.file, self.layers)


def load(case: str | Path, sets: Sequence[str] = (), overlays: Sequence[str] = ()) -> Case:
    """The case at a path, or the shipped case of that name, with overlays and dotted overrides applied in order.

    ``sets`` are ``path=value`` strings (value in TOML syntax, a bare word is text). Raises ``InputError`` with
    every fault found.
    """
    path = find_case(case)
    layers, issues = [*_file_layers(path, ())], []
    later = [(_overlay_layer, overlay) for overlay in overlays] + [(_set_layer, text) for text in sets]
    for read, given in later:
        try:
            layers.append(read(given))
        except InputError as error:
            issues += error.issues
    file = str(path)
    partial: object = None
    try:
        partial = resolve(reduce(_merge, (layer.tree for layer in layers), {}), _case_name(path), file)
    except InputError as error:
        issues += _attributed(error.issues, file, layers)
        partial = error.partial
    if isinstance(partial, Case):
        partial = replace(partial, layers=tuple(layers))
        if not issues:
            return partial
    raise InputError(issues, partial=partial)


def _attributed(issues: Iterable[Issue], file: str, layers: Sequence[Layer]) -> list[Issue]:
    """Issues of the merged tree, which is called ``file``, each given the name of the layer that set its key.

    What a multiplier did to all the numbers its pattern matches is one issue, under the key that was typed.
    """
    found: list[Issue] = []
    scaled: dict[tuple[str, str], list[Issue]] = {}
    for issue in issues:
        pattern = _scaled_by(issue.key, layers) if issue.file == file else ""
        sources = [layer.source for layer in layers if _sets(layer.tree, issue.key)]
        if pattern:
            scaled.setdefault((pattern, issue.expected), []).append(replace(issue, file=sources[-1]))
        else:
            found.append(replace(issue, file=sources[-1]) if sources and issue.file == file else issue)
    return found + [_of_multiplier(pattern, of_it, layers) for (pattern, _), of_it in scaled.items()]


def _scaled_by(key: str, layers: Sequence[Layer]) -> str:
    """The pattern whose multiplier made a number what it is; empty where the number was not scaled."""
    head, _, rest = key.partition(" ")[0].partition(".")
    if head != "data" or any(rest in (layer.tree.get("data") or {}) for layer in layers):
        return ""
    patterns = [one for layer in layers for one in layer.tree.get("scale") or {}]
    return next((one for one in reversed(patterns) if fnmatch.fnmatchcase(rest, one)), "")


def _of_multiplier(pattern: str, issues: Sequence[Issue], layers: Sequence[Layer]) -> Issue:
    first, more = issues[0], len(issues) - 1
    given = next(
        layer.tree["scale"][pattern] for layer in layers[::-1] if pattern in (layer.tree.get("scale") or {})
    )
    others = f", and {more} more numbers are as wrong" if more else ""
    hint = f"it makes {first.key} {first.got}{others}"
    expected = f"a multiplier that leaves {'them' if more else 'it'} {first.expected}"
    return Issue(first.file, f'scale."{pattern}"', f"{given}", expected, "", hint)


def _sets(tree: Tree, key: str) -> bool:
    """Whether a tree gives the setting, fact or multiplier named by an issue's key."""
    head, _, rest = key.partition(" ")[0].partition(".")
    if head in ("data", "scale"):
        patterns = tree.get("scale") or {} if head == "data" else {}
        return rest in (tree.get(head) or {}) or any(fnmatch.fnmatchcase(rest, one) for one in patterns)
    found: Any = tree.get(head)
    for part in rest.split(".") if rest else ():
        if not isinstance(found, dict):
            break
        found = found.get(part)
    return found is not None


def resolve(tree: Tree, name: str, file: str) -> Case:
    """The case a merged tree of settings describes; ``file`` is named in what is wrong with it.

    Raises ``InputError`` with every fault found.
    """
    scenario, issues = validated(Scenario, tree, file)
    facts, wrong_numbers = _applied(tree, file)
    if scenario is not None:
        scenario, unlicensed = _licensed(scenario, facts, file)
        scenario, unmeasured = _measured(scenario, facts, file)
        issues += [*unlicensed, *unmeasured]
    read = None if scenario is None else Case(name, scenario, facts, file)
    if read is None or issues or wrong_numbers:
        raise InputError([*issues, *wrong_numbers], partial=read)
    return read


def _licensed(scenario: Scenario, facts: Facts, file: str) -> tuple[Scenario, list[Issue]]:
    """Licences by site as the yearly total they come to: any vehicle may fly from any of the sites."""
    policy, known = scenario.policy, facts.children("policy.licences")
    if not policy.licensed_sites:
        return scenario, []
    strange = [site for site in policy.licensed_sites if site not in known]
    if strange:
        shown = "one of " + ", ".join(known)
        key = "policy.licensed_sites"
        return scenario, [Issue(file, key, f"'{s}'", shown, nearest_name(s, known)) for s in strange]
    licensed = sum(facts.number(f"policy.licences.{s}", "flight/yr") for s in policy.licensed_sites)
    caps = [policy.licence_multiple * licensed, policy.launch_licences_per_yr]
    total = min(cap for cap in caps if cap is not None)
    update = {"launch_licences_per_yr": total}
    return scenario.model_copy(update={"policy": policy.model_copy(update=update)}), []


def _measured(scenario: Scenario, facts: Facts, file: str) -> tuple[Scenario, list[Issue]]:
    """The demand curve with facts turned into GW."""
    issues: list[Issue] = []

    def measured(points: tuple[Wanted, ...], key: str) -> tuple[Wanted, ...]:
        found = []
        for point in points:
            gw = point.gw
            try:
                in_gw = facts.number(gw, "GW") if isinstance(gw, str) else gw
                found.append(point.model_copy(update={"gw": in_gw}))
            except InputError as error:
                issues.extend(
                    replace(issue, file=file, key=f"{key} {point.year:g}") for issue in error.issues
                )
        return tuple(found)

    by_class = {q: measured(c, f"demand.by_class.{q}") for q, c in scenario.demand.by_class.items()}
    curve = measured(scenario.demand.curve, "demand.curve")
    demand = scenario.demand.model_copy(update={"curve": curve, "by_class": by_class})
    return (scenario if issues else scenario.model_copy(update={"demand": demand})), issues


def with_changes(tree: Tree, changes: Mapping[str, Any]) -> Tree:
    """A tree of settings with dotted paths set to values; everything after ``data.`` or ``scale.`` is one key."""
    for path, value in changes.items():
        tree = _merge(tree, _at(path, value))
    return tree


def with_overlay(tree: Tree, overlay: str) -> Tree:
    """A tree of settings with an overlay (see ``find_overlay``) laid over it."""
    return _merge(tree, _read_toml(find_overlay(overlay)))


def find_case(case: str | Path) -> Path:
    """The scenario file meant by ``case``: an existing path, else a shipped case."""
    shipped_models = shipped("models")
    name = str(case).removeprefix("models/").rstrip("/")
    for candidate in (Path(case), shipped_models / name):
        for file in (candidate, candidate / "scenario.toml"):
            if file.is_file() and file.suffix == ".toml":
                return file
    names = sorted(str(p.parent.relative_to(shipped_models)) for p in shipped_models.rglob("scenario.toml"))
    given = Path(case)
    got = f"'{case}'"
    if given.is_dir():
        got += ", a folder without scenario.toml"
    elif len(given.parts) > 1 or given.suffix:
        got += ", which does not exist" if not given.exists() else ", which is not a .toml file"
    expected = "a path, or one of: " + ", ".join(names)
    raise InputError([Issue("command line", "CASE", got, expected, nearest_name(name, names))])


def find_overlay(overlay: str) -> Path:
    """The overlay file meant by ``--with``: an existing path, else a shipped one (``policies/black_carbon_cap``)."""
    root = shipped("models")
    name = overlay.removeprefix("models/").removesuffix(".toml")
    for candidate in (
        Path(overlay),
        Path(overlay + ".toml"),
        root / f"{name}.toml",
        root / "policies" / f"{name}.toml",
    ):
        if candidate.is_file():
            return candidate
    folders = ("policies", "goals", "demand")
    files = (path for folder in folders for path in (root / folder).glob("*.toml"))
    names = sorted(str(path.relative_to(root).with_suffix("")) for path in files)
    raise InputError(
        [
            Issue(
                "command line",
                "--with",
                f"'{overlay}'",
                "an overlay: " + ", ".join(names),
                nearest_name(name, names),
            )
        ]
    )


def _case_name(path: Path) -> str:
    return path.parent.name if path.name == "scenario.toml" else path.stem


def _file_layers(path: Path, seen: tuple[Path, ...]) -> list[Layer]:
    """The settings of a case file, after those of the case it extends."""
    if path in seen:
        chain = " -> ".join(p.parent.name for p in (*seen, path))
        raise InputError([Issue(str(path), "extends", chain, "a chain that ends")])
    tree = _read_toml(path)
    parent = tree.pop("extends", None)
    mine = Layer(str(path), tree)
    if parent is None:
        return [mine]
    beside = (path.parent / str(parent)).resolve()
    try:
        above = find_case(beside if beside.exists() else str(parent))
    except InputError as error:
        raise InputError([replace(error.issues[0], file=str(path), key="extends")]) from None
    return [*_file_layers(above, (*seen, path)), mine]


def _overlay_layer(overlay: str) -> Layer:
    path = find_overlay(overlay)
    return Layer(str(path), _read_toml(path), overlay)


def _set_layer(text: str) -> Layer:
    return Layer("command line: --set", with_changes({}, assignments([text])), text)


def _read_toml(path: Path) -> Tree:
    try:
        tree = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise InputError([Issue(str(path), "file", str(error), "valid TOML")]) from None
    for table in ("data", "scale"):
        if isinstance(tree.get(table), dict):
            tree[table] = dict(_flat(tree[table]))
    return tree


def _flat(tree: Mapping[str, Any], prefix: str = "") -> Iterable[tuple[str, Any]]:
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value


def _merge(base: Tree, over: Tree) -> Tree:
    merged = dict(base)
    for key, value in over.items():
        both = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = _merge(merged[key], value) if both else value
    return merged


def assignments(texts: Sequence[str]) -> dict[str, Any]:
    """Values by path from ``path=value`` strings (value in TOML syntax, a bare word is text)."""
    return dict(_split(text) for text in texts)


def _split(text: str) -> tuple[str, Any]:
    path, equals, value = text.partition("=")
    if not equals or not path:
        expected = "path=value, for example demand.growth=0.3"
        raise InputError([Issue("command line", "--set", f"'{text}'", expected)])
    try:
        return path.strip(), tomllib.loads(f"x = {value}")["x"]
    except tomllib.TOMLDecodeError:
        return path.strip(), value


def _at(path: str, value: Any) -> Tree:
    """A value at a dotted path of the settings."""
    head, _, rest = path.strip().partition(".")
    if head in ("data", "scale") and rest:
        return {head: {rest.strip('"'): value}}
    tree: Any = value
    for part in reversed(path.strip().split(".")):
        tree = {part: tree}
    return dict(tree)


def _applied(tree: Tree, file: str) -> tuple[Facts, list[Issue]]:
    """The shipped facts with the scenario's replacements and multipliers, and what is wrong with those."""
    facts, issues = load_facts(), []
    try:
        facts = facts.override(dict(tree.get("data") or {}), file)
    except InputError as error:
        issues += error.issues
        facts = error.partial if isinstance(error.partial, Facts) else facts
    scaled = dict(facts)
    for pattern, multiplier in dict(tree.get("scale") or {}).items():
        keys = [key for key in facts if fnmatch.fnmatchcase(key, pattern)]
        if not keys:
            nearest = nearest_name(pattern, facts)
            issues.append(Issue(file, f"scale.{pattern}", "no fact matches", "an id or pattern", nearest))
        for key in keys if isinstance(multiplier, int | float) else ():
            scaled[key] = replace(scaled[key], value=scaled[key].value * multiplier, kind="estimate")
    return Facts(scaled), issues


def toml_text(value: Any) -> str:
    """A value as one line of TOML, as ``--set`` takes it."""
    import tomli_w

    def inline(part: Any) -> str:
        if isinstance(part, dict):
            return "{" + ", ".join(f"{_key(key)} = {inline(inside)}" for key, inside in part.items()) + "}"
        if isinstance(part, list | tuple):
            return "[" + ", ".join(map(inline, part)) + "]"
        if isinstance(part, float):
            return f"{part:.12g}"
        return tomli_w.dumps({"x": part}).removeprefix("x = ").strip()

    return inline(value)


def _key(name: str) -> str:
    bare = name.replace("_", "a").replace("-", "a")
    return name if bare.isascii() and bare.isalnum() else f'"{name}"'
