"""What a benchmark tells of the machine it ran on, and how much memory a process took."""

import importlib.metadata
import os
import platform
import resource
import sys
from pathlib import Path
from typing import Any

MEGABYTE = 1_000_000


def facts(*libraries: str) -> dict[str, Any]:
    """Return what times depend on, with the versions of those libraries that are installed."""
    return {
        "cpu": cpu(),
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        **{library: found for library in libraries if (found := version(library))},
    }


def told(result: dict[str, Any]) -> str:
    """Return a result's `machine` and the day of its `made` as the last words of a page."""
    named = ", ".join(f"{name} {value}" for name, value in result["machine"].items())
    return f"{named}; {result['made'][:10]}."


def cpu() -> str:
    """Return the processor's name without the number of its model."""
    info = Path("/proc/cpuinfo")
    if info.is_file():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return " ".join(line.split(":")[1].split()[:2])
    return platform.processor() or platform.machine()


def load() -> float:
    """Return how many processes wanted to run, on average over the last minute."""
    return round(os.getloadavg()[0], 1)


def version(library: str) -> str | None:
    """Return a library's version, or None if it is not installed."""
    try:
        return importlib.metadata.version(library)
    except importlib.metadata.PackageNotFoundError:
        return None


def peak_bytes() -> int:
    """Return this process's peak resident memory.

    Linux's `getrusage` starts a new program at its parent's peak, so /proc is asked first.
    """
    return peak_bytes_of("self") or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (
        1 if sys.platform == "darwin" else 1024
    )


def peak_bytes_of(process: int | str) -> int | None:
    """Return the peak resident memory of a process that runs; None where there is no /proc."""
    status = Path(f"/proc/{process}/status")
    lines = status.read_text(encoding="utf-8").splitlines() if status.is_file() else []
    found = (int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))
    return next(found, None)


def children() -> list[int]:
    """Return the processes that this one started and that run; none where there is no /proc."""
    tasks = Path("/proc/self/task").glob("*/children")
    return [int(number) for task in tasks for number in task.read_text(encoding="utf-8").split()]
