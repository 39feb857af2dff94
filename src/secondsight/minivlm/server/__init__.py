"""The OpenAI-compatible server of the small image-text model."""
