"""Run a training as a program: what goes wrong for a user is said in a line."""

import sys
from pkgutil import resolve_name

from secondsight.errors import SecondSightError, plain


def run_program(place: str, extra: str) -> None:
    """Call a function, and exit with one line if it can't be had or stops.

    Parameters
    ----------
    place : str
        ``"module:function"``; it is loaded here, for what it imports may not be installed.
    extra : str
        The extra of this package that brings what it imports.
    """
    try:
        resolve_name(place)()
    except ModuleNotFoundError as error:
        sys.exit(f"{error.name} is missing: pip install --editable '.[{extra}]'")
    except SecondSightError as error:
        sys.exit(plain(str(error)))
    except OSError as error:
        sys.exit(f"{error}: what was kept before is whole; the same command goes on from there")
    except KeyboardInterrupt:
        sys.exit("stopped; the same command goes on from the last checkpoint")
