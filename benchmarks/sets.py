"""What benchmarks ask about."""

SETS = {"lsbg": "lsbg-1", "morphology": "morphology-1", "dwarfs": "dwarf-1", "radio": "radio-1"}
"""From a data set to its prompt."""
