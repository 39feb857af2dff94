"""AstroLLaVA: descriptions of galaxies, and what their cosines say."""
