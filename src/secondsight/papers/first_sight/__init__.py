"""At First Sight!: counts from what its authors and others released, and a trained baseline."""
