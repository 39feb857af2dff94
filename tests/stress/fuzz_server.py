"""Ask a server of our own senseless things over real HTTP, and see that it stands.

    PYTHONPATH=src:tests python tests/stress/fuzz_server.py --seconds 600 --seed 1

The server is a process of its own on the loopback, with a model that knows nothing (`--real`: with
ours), under a limit of memory. Each case is drawn from the seed and its number alone, so that
`--seed S --first N --count 1` asks case N again. It ends at the first of: seconds, count. What
counts as a failure: an answer of 500 or none, a line on the server's standard error, more than
`MEMORY` of memory, more than `SECONDS` of processor time for one case.
"""

import argparse
import base64
import http.client
import io
import json
import os
import random
import resource
import socket
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
SERVER = ROOT / "tests" / "minivlm" / "fake_model.py"
REAL = "from secondsight.minivlm.server.running import *; serve(own_model(), Service(port=0), lambda u: print(u, flush=True))"  # noqa: E501
MEMORY = 1_500_000_000
SECONDS = 2.0
ROOM = 12_000_000_000
"""What the server may map at most: a safeguard for the machine."""

JUNK: list[Any] = [
    None, True, False, 0, 1, -1, 5, 2**63, -(2**63), 1e308, -1e308, 1e-320, 0.5, "", "x", "text",
    "image_url", "user", "object", "string", "number", "enum", "\x00", "é🔭", [], {}, [[]], [None],
    ["a", "a"], {"type": "x"}, {"type": []}, {"": ""}, "9" * 30, "#", "#/$defs/a", "data:",
]  # fmt: skip
WORDS = [
    "Category ", "Answer ", "1", "0", "A", "(", ")", ": ", " - ", "\n", "\n\n", "- ", "# ", "**",
    "|", "|---|---|\n", "if ", "otherwise ", ", ", " or ", ". ", '"', "'", "```", "<answer>",
    "</answer>", "{", "}", "[", "]", "confidence ", "High", "JSON ", "ring", "bar", "?", "—", "•",
    "\t", "code: ", "name: ", "classes ", "between ", "= ", "> ", "1. ", "&a ", "*a ",
    "  ", "!!int ", "\\uD800", "key ", "Caption:", " is ", "a", "\x00", "²", "٣", "<<: ", "---\n",
    "percent ", "100",
]  # fmt: skip
KEYWORDS = [
    "type", "enum", "const", "minimum", "maximum", "anyOf", "oneOf", "allOf", "$ref", "properties",
    "required", "items", "description", "additionalProperties", "pattern", "not", "$defs", "format",
]  # fmt: skip


KNOWN = [
    one["text"]
    for path in sorted((ROOT / "tests" / "minivlm").rglob("*.toml"))
    for kind in tomllib.loads(path.read_text("utf-8")).values()
    for one in kind
]
"""Prompts that are read."""


# ---------------------------------------------------------------------------------- what is asked


def text(chance: random.Random) -> str:
    """Return a prompt: fragments, one of them very often, or lines alike."""
    kind = chance.randrange(5)
    if kind == 4:
        known = chance.choice(KNOWN)
        cuts = sorted(chance.choices(range(len(known) + 1), k=4))
        parts = [known[a:b] for a, b in zip([0, *cuts], [*cuts, None], strict=True)]
        return "".join(part + chance.choice(["", *WORDS]) for part in chance.sample(parts, 5))
    if kind == 0:
        return "".join(chance.choices(WORDS, k=chance.randrange(80)))
    if kind == 1:
        few = "".join(chance.choices(WORDS, k=chance.randrange(1, 5)))
        return (few * 20_000)[: chance.choice([100, 20_000, 20_001, 1_000_000])]
    form = "".join(chance.choices(WORDS, k=chance.randrange(1, 5))) + "{0} w{0}\n"
    form = form.replace("{0}", "\0").replace("{", "").replace("}", "").replace("\0", "{0}")
    if kind == 2:
        return "".join(form.format(n) for n in range(chance.choice([3, 90, 3000])))[:20_000]
    return "Category 1 (a): round.\nCategory 2 (b): long.\nAnswer with the number."


def image(chance: random.Random) -> str:
    """Return an image's address, often damaged."""
    kind = chance.choice(["PNG", "JPEG", "GIF", "WEBP", "BMP"])
    size = chance.choice([(8, 8), (3, 9), (900, 4), (64, 64), (4000, 4000)])
    file = io.BytesIO()
    mode = chance.choice(["L", "RGB"] if kind in {"JPEG", "BMP"} else ["L", "RGB", "RGBA", "1"])
    Image.new(mode, size, 1).save(file, kind)
    content = bytearray(file.getvalue())
    for _ in range(chance.choice([0, 0, 1, 20])):
        content[chance.randrange(len(content))] = chance.randrange(256)
    content = content[: chance.choice([len(content), len(content), chance.randrange(len(content))])]
    named = chance.choice([kind.lower(), "png"])
    return f"data:image/{named};base64," + base64.b64encode(content).decode()


def schema(chance: random.Random, depth: int = 0) -> Any:
    """Return a JSON schema, or nearly one."""
    if depth > 4 or chance.random() < 0.1:
        return chance.choice(JUNK)
    made: dict[str, Any] = {}
    for key in chance.sample(KEYWORDS, chance.randrange(5)):
        made[key] = chance.choice(JUNK)
        if key in {"anyOf", "oneOf", "allOf"}:
            made[key] = [schema(chance, depth + 1) for _ in range(chance.randrange(3))]
        elif key == "enum":
            made[key] = chance.choices(JUNK, k=chance.choice([1, 3, 50, 2000]))
        elif key in {"properties", "$defs"}:
            names = ["a", "b", "category", "confidence", "label"]
            made[key] = {n: schema(chance, depth + 1) for n in chance.sample(names, 3)}
    if depth == 0:
        made = {"type": "object", "properties": {"a": schema(chance, 1), "confidence": made}}
    return made


def body(chance: random.Random) -> dict[str, Any]:
    """Return a request's body, right or with something put in a wrong place."""
    content: list[Any] = [{"type": "text", "text": text(chance)}]
    images = [image(chance) for _ in range(chance.choice([0, 1, 1, 3]))]
    content += [{"type": "image_url", "image_url": {"url": one}} for one in images]
    asked: dict[str, Any] = {
        "model": chance.choice(["fake-1", "minivlm-4", "rule-writer-1"]),
        "messages": [{"role": "user", "content": content}],
    }
    more = {
        "temperature": 0.5, "n": chance.choice([1, 128]), "seed": 3, "logprobs": True,
        "top_logprobs": 20, "stop": ["a"], "stream": True, "stream_options": {}, "max_tokens": 9,
        "response_format": {"type": "json_schema",
                            "json_schema": {"name": "x", "schema": schema(chance)}},
    }  # fmt: skip
    asked |= {name: more[name] for name in chance.sample(list(more), chance.randrange(5))}
    for _ in range(chance.choice([0, 0, 1, 2])):
        misplace(chance, asked)
    return asked


def misplace(chance: random.Random, value: Any) -> None:
    """Put junk somewhere into a value."""
    while isinstance(value, dict | list) and value:
        keys = list(value) if isinstance(value, dict) else list(range(len(value)))
        key = chance.choice(keys)
        if chance.random() < 0.4 or not isinstance(value[key], dict | list) or not value[key]:
            value[key] = chance.choice([*JUNK, deep(chance)])
            return
        value = value[key]


def deep(chance: random.Random) -> Any:
    """Return lists in one another."""
    made: Any = 1
    for _ in range(chance.choice([5, 300, 900])):
        made = [made] if chance.random() < 0.5 else {"a": made}
    return made


# -------------------------------------------------------------------------------- how it is asked


class Asker:
    """Asks a server; `statuses` counts its answers."""

    def __init__(self, url: str) -> None:
        self.address = url.removeprefix("http://").removesuffix("/v1")
        self.statuses: Counter[int] = Counter()

    def ask(
        self, method: str, path: str, content: bytes = b"", kind: str = "application/json"
    ) -> Any:
        line = http.client.HTTPConnection(self.address, timeout=120)
        try:
            line.request(method, f"/v1{path}", content, {"Content-Type": kind})
            reply = line.getresponse()
            said = reply.read()
        finally:
            line.close()
        self.statuses[reply.status] += 1
        if reply.status >= 500:
            raise AssertionError(f"{method} {path}: {reply.status} {said[:200]!r}")
        return json.loads(said) if said[:1] == b"{" else said

    def chat(self, chance: random.Random) -> None:
        """Ask for a chat completion."""
        self.ask("POST", "/chat/completions", json.dumps(body(chance)).encode())

    def raw_json(self, chance: random.Random) -> None:
        """Send what is hardly JSON."""
        content = json.dumps(body(chance)).encode()
        at = chance.randrange(len(content))
        junk = chance.choice([b"", b"\xff", b"{" * 2000, b"[],", b"\\ud800", b"1e999", b"NaN"])
        path = chance.choice(["/chat/completions", "/batches", "/files", "/models"])
        self.ask("POST", path, content[:at] + junk * chance.choice([1, 50_000]) + content[at:])

    def batch(self, chance: random.Random) -> None:
        """Upload a file, make a batch of it, look at it, and do away with it."""
        lines = [self._line(chance, n) for n in range(chance.choice([0, 1, 5]))]
        name = chance.choice(["a.jsonl", "", "../x", "é" * 300, "a\\ud800"])
        kind = f"multipart/form-data; boundary=x{chance.choice(['', '; charset=unicode_escape'])}"
        begin = "--x\r\nContent-Disposition: form-data; name="
        form = f'{begin}"purpose"\r\n\r\nbatch\r\n{begin}"file"; filename="{name}"\r\n\r\n'.encode()
        file = self.ask("POST", "/files", form + b"\n".join(lines) + b"\r\n--x--\r\n", kind)
        made = {"input_file_id": file.get("id"), "endpoint": "/v1/chat/completions",
                "completion_window": "24h", "metadata": {"a": "b"}}  # fmt: skip
        if chance.random() < 0.3:
            misplace(chance, made)
        batch = self.ask("POST", "/batches", json.dumps(made).encode())
        for path in (
            f"/batches/{batch.get('id')}",
            f"/batches?limit={chance.choice(['1', '', '-1', '٣'])}",
        ):
            self.ask("GET", path.encode("utf-8").decode("latin-1").replace("Ù£", "%D9%A3"))
        self.ask("POST", f"/batches/{batch.get('id')}/cancel")
        self.ask("DELETE", f"/files/{file.get('id')}")

    def _line(self, chance: random.Random, number: int) -> bytes:
        line = {"custom_id": f"{chance.randrange(9)}", "method": "POST",
                "url": "/v1/chat/completions", "body": body(chance)}  # fmt: skip
        if chance.random() < 0.3:
            misplace(chance, line)
        return json.dumps(line).encode()

    def half(self, chance: random.Random) -> None:
        """Send a part of a request, or nonsense, and go."""
        host, port = self.address.split(":")
        head = f"POST /v1/{chance.choice(['files', 'chat/completions', 'batches'])} HTTP/1.1\r\n"
        head += f"Host: {self.address}\r\nContent-Type: application/json\r\n"
        head += "Content-Length: 999\r\n\r\n{"
        whole = chance.choice(
            [head.encode(), chance.randbytes(99), b"GET /v1/models HTTP/1.1\r\n\r\n" * 9]
        )
        with socket.create_connection((host, int(port)), timeout=60) as line:
            line.sendall(whole[: chance.randrange(len(whole) + 1)])

    def paths(self, chance: random.Random) -> None:
        """Ask for what there isn't."""
        path = "/" + "/".join(
            chance.choices(["files", "batches", "models", "%00", "..", "%ff", "x"], k=3)
        )
        self.ask(chance.choice(["GET", "POST", "DELETE", "PUT"]), path)

    def case(self, seed: int, number: int) -> str:
        """Ask one case; return which kind it was."""
        chance = random.Random(f"{seed} {number}")
        kinds: list[Callable[[random.Random], None]] = [
            *[self.chat] * 6, self.raw_json, self.batch, self.half, self.paths,
        ]  # fmt: skip
        kind = chance.choice(kinds)
        kind(chance)
        return kind.__name__


# ------------------------------------------------------------------------------------- the server


class Served:
    """A server in a process of its own; a context manager."""

    def __init__(self, real: bool = False) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="fuzz-")
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115
        words = ["-c", REAL] if real else [str(SERVER), self._folder.name, "0"]
        paths = os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")])
        self._process = subprocess.Popen(
            [sys.executable, *words], stdout=subprocess.PIPE, stderr=self._errors, text=True,
            env=os.environ | {"PYTHONPATH": paths},
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (ROOM, ROOM)),
        )  # fmt: skip
        assert self._process.stdout
        self.url = self._process.stdout.readline().strip()

    def __enter__(self) -> "Served":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.communicate(timeout=60)
        self._folder.cleanup()

    def processor(self) -> float:
        """Return the seconds of processor time that the server has used."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> int:
        """Return the most memory that the server has used, in bytes."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) * 1024

    def errors(self) -> str:
        """Return what the server has written of errors, but for lines that are warnings."""
        self._errors.seek(0)
        lines = self._errors.read().decode(errors="replace").splitlines()
        return "\n".join(line for line in lines if not line.startswith("WARNING"))


def fuzz(seed: int, first: int, count: int, seconds: float, real: bool) -> list[str]:
    """Ask cases until the time or the count is up; print a summary and return what failed."""
    failures: list[str] = []
    slowest = (0.0, "")
    with Served(real) as server:
        asker, end, number = Asker(server.url), time.monotonic() + seconds, first
        while number < first + count and time.monotonic() < end:
            before, wrote = server.processor(), len(server.errors())
            name = f"--seed {seed} --first {number} --count 1"
            try:
                name += f" ({asker.case(seed, number)})"
            except (AssertionError, OSError, http.client.HTTPException) as error:
                failures.append(f"{name}: {error!r}")
            slowest = max(slowest, (server.processor() - before, name))
            if len(server.errors()) > wrote:
                failures.append(f"{name}: {server.errors()[wrote:][-1500:]}")
            number += 1
        memory = server.memory()
    if slowest[0] > SECONDS:
        failures.append(f"{slowest[1]}: {slowest[0]:.1f} s of processor time")
    if memory > MEMORY:
        failures.append(f"{memory / 1e9:.2f} GB of memory")
    statuses = ", ".join(f"{status}: {count}" for status, count in sorted(asker.statuses.items()))
    print(f"seed {seed}: {number - first} cases, {statuses}; slowest {slowest[0]:.2f} s of "
          f"processor time, {memory / 1e6:.0f} MB, {len(failures)} failures")  # fmt: skip
    return failures


def main() -> None:
    """Read the command line and ask."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--real", action="store_true", help="ask the project's own model")
    said = parser.parse_args()
    failures = fuzz(said.seed, said.first, said.count, said.seconds, said.real)
    sys.exit("\n".join(failures) or 0)


if __name__ == "__main__":
    main()
