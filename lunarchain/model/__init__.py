"""The optimisation model, one file per subsystem; reads no file and knows no solver."""
