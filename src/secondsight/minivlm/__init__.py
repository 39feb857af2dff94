"""A small image-text model of this project's own, and its OpenAI-compatible server."""
