"""Geometry of Earth orbits that the tables rest on: how much sunlight, how far away, which inclination."""
