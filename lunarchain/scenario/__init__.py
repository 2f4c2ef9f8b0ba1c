"""What a person gives: a scenario, the sourced facts it rests on, and everything wrong with either."""
