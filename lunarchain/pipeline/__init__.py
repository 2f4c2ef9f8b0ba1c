"""The room that runs the others: solve with and without the Moon, audit, fly, correct, again; and what is kept."""
