"""Commodity balances of a network and the linear programme that meets a demand at least price."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from lunarchain.industry.network import IMPORT_PREFIX, Process

BUY = "buy:"  # prefix of the activity that buys an import


def least_price(
    network: Mapping[str, Process],
    demand: Mapping[str, float],
    price: Mapping[str, float],
    resources: Collection[str],
) -> dict[str, float] | None:
    """Activities of least price that meet ``demand``; ``None`` when none do.

    Surpluses are thrown away at no price, ``resources`` are free, and what is demanded is made, never bought.
    Keys of ``price`` and of the answer are process ids, and ``buy:<commodity>`` for what Earth sells.
    """
    goods = _balanced_goods(network, demand, resources)
    bought = [f"{BUY}{name}" for name in goods if name.startswith(IMPORT_PREFIX) and name not in demand]
    columns = [*network, *bought]
    balance = np.zeros((len(goods), len(columns)))
    for column, process in enumerate(network.values()):
        for name, amount in process.outputs.items():
            balance[goods[name], column] += amount
        for name in process.inputs.keys() & goods.keys():
            balance[goods[name], column] -= process.inputs[name]
    for column, name in enumerate(bought, start=len(network)):
        balance[goods[name.removeprefix(BUY)], column] = 1.0
    wanted = np.array([demand.get(name, 0.0) for name in goods])
    from scipy.optimize import linprog  # heavy, and most commands never balance anything

    found = linprog([price.get(name, 0.0) for name in columns], A_ub=-balance, b_ub=-wanted, method="highs")
    if found.status != 0 or found.x is None:
        return None
    return dict(zip(columns, found.x.tolist(), strict=True))


def net_flows(network: Mapping[str, Process], activity: Mapping[str, float]) -> dict[str, float]:
    """Made minus taken of every commodity over the processes' activities (purchases left out)."""
    flows: dict[str, float] = {}
    for name, process in network.items():
        for stream, amount in process.outputs.items():
            flows[stream] = flows.get(stream, 0.0) + activity[name] * amount
        for stream, amount in process.inputs.items():
            flows[stream] = flows.get(stream, 0.0) - activity[name] * amount
    return dict(sorted(flows.items()))


def _balanced_goods(
    network: Mapping[str, Process], demand: Mapping[str, float], resources: Collection[str]
) -> dict[str, int]:
    """Row of every commodity that must balance, in a fixed order."""
    names = {name for process in network.values() for name in (*process.inputs, *process.outputs)}
    return {name: row for row, name in enumerate(sorted((names | set(demand)) - set(resources)))}
