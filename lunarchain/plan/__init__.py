"""What a solved model says: long tables, figures of merit, and the audit that recomputes them."""
