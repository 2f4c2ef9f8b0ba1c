"""Studies: many cases from one question, run side by side, kept together, and what they say taken as a whole."""
