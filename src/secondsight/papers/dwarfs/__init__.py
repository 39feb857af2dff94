"""The dwarf paper: a model's answers beside volunteers' votes, and what its figures show."""
