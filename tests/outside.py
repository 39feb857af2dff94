"""The error of a test that reaches out."""


class OutsideNetwork(RuntimeError):
    """A test tried to reach something that is not this machine."""
