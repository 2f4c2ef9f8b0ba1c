"""Vehicles, legs and propellant: who carries what where, by the rocket equation, in whole vehicles."""
