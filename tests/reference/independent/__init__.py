"""The planning problem written a second time, from the data and the documentation, to check the first."""
