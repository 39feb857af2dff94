"""Skies that this project makes itself. Nothing here knows a real image."""
