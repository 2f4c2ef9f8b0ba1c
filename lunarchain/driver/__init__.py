"""The mass driver as a machine: motion, power, heat, masses, capital and the menu of designs."""
