"""Check what git tracks: no outputs, no secrets, no paths of a machine, nothing of others.

Run as `python -m tests.hygiene`; `make lint` and pre-commit do. Prints one line for each finding.
"""

import hashlib
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

from detect_secrets import SecretsCollection
from detect_secrets.settings import default_settings

ROOT = Path(__file__).resolve().parents[1]
LARGEST = 30_000_000
TEXT = {
    ".py",
    ".md",
    ".toml",
    ".yml",
    ".yaml",
    ".cff",
    ".csv",
    ".bib",
    ".css",
    ".ipynb",
    ".json",
    "",
}
LOCKS = {f"requirements{kind}.lock" for kind in ("", "-uv", "-dev", "-classroom")}
HASH = re.compile(r"^[0-9a-f]{12,64}$")

# A folder at the root of somebody's machine. Written in pieces, so that this line is no finding.
MACHINE_PATH = re.compile(
    r"(?<![\w./<])/(?:" + "|".join(["home", "root", "Users", "work", "mnt"]) + r")/"
)


def tracked() -> list[Path]:
    """Return the files that git tracks or would add."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    return sorted(
        ROOT / name for name in set(listed.split("\0")) if name and (ROOT / name).is_file()
    )


def findings(files: list[Path]) -> list[str]:
    """Return one line for each thing that must not be in git."""
    known = tomllib.loads(_sources())
    listed = [file for folder in known["folder"] for file in folder["files"].values()]
    others = {source.get("sha256") for source in known["source"] + listed}
    found = []
    for path in files:
        name = path.relative_to(ROOT)
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() in others:
            found.append(f"{name} is a file from another repository")
        if len(content) > LARGEST:
            found.append(f"{name} has {len(content):,} bytes")
        if path.suffix == ".ipynb":
            found += [f"{name}: {what}" for what in _notebook(json.loads(content))]
        if path.suffix in TEXT and path.name not in LOCKS:
            found += _lines(name, content.decode("utf-8"))
            found += _secrets(path)
    return found


def _sources() -> str:
    return (ROOT / "data" / "sources.toml").read_text(encoding="utf-8")


def _notebook(page: dict) -> list[str]:
    code = [cell for cell in page["cells"] if cell["cell_type"] == "code"]
    kept = [cell for cell in code if cell["outputs"] or cell["execution_count"] is not None]
    return ["a cell holds an output: run nbstripout --keep-id notebooks/*.ipynb"] if kept else []


def _lines(name: Path, text: str) -> list[str]:
    numbered = enumerate(text.splitlines(), start=1)
    return [
        f"{name}:{at} names a path of a machine"
        for at, line in numbered
        if MACHINE_PATH.search(line)
    ]


def _secrets(path: Path) -> list[str]:
    secrets = SecretsCollection()
    with default_settings():
        secrets.scan_file(str(path))
    name = path.relative_to(ROOT)
    return [
        f"{name}:{secret.line_number} looks like a secret ({secret.type})"
        for _, secret in secrets
        if not HASH.match(secret.secret_value or "")
    ]


def main() -> int:
    """Print the findings and return the exit code."""
    found = findings(tracked())
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
