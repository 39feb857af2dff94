"""The radio paper: what its captions hold, and what words tell."""
