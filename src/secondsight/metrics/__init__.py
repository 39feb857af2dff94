"""From counts and answers to numbers with intervals. Nothing here draws, reads or writes."""
