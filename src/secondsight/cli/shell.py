"""Where the commands print."""

from rich.console import Console

out = Console(highlight=False)
errors = Console(stderr=True)
