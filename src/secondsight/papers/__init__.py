"""What chapters compute and read, by the paper that they are about."""
