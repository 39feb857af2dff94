"""How the small image-text model is trained; needs the extra `train`."""
