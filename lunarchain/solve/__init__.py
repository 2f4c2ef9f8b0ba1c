"""The solving room: the only place that knows the solver. Arrays in, plans and proven bounds out."""
