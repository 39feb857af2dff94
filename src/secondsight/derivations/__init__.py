"""How the tables in `data/derived` are made from their sources."""
