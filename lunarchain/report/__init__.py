"""What a reader sees: the answer in words, and one page that shows a run from beginning to end."""
