"""The simulated skies beside the real one, measured alike."""
