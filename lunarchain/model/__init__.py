"""The optimisation model, one file per subsystem; reads no file and knows no solver."""

from lunarchain.light_pyomo import load_pyomo

load_pyomo()
