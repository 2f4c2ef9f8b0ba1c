"""Departures from the Moon: ephemeris, dynamics, propagation, targeting, departure tables and proof by flying.

Everything here takes and returns plain SI numbers, arrays and tables. Time is TDB seconds past J2000
(JD 2451545.0 TDB). Positions are geocentric on the ICRF axes, in metres.
"""
