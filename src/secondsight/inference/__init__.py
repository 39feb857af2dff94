"""Ask models, keep what they answered, and read what they meant."""
