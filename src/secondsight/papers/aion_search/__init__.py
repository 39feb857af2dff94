"""Many models' descriptions of real galaxies, released with AION-Search."""
