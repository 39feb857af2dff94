"""A folder that an archive such as Zenodo takes: recordings, and all that explains them."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import orjson

from secondsight import __version__
from secondsight.errors import ParameterError, RecordingError, plain_line
from secondsight.inference.disk import writing
from secondsight.inference.inspect_logs import logs_of
from secondsight.inference.recording import (
    NONE_CHOSEN,
    Opened,
    Sidecar,
    opened,
    sampling_of,
    verify,
    write_sidecar,
)
from secondsight.inference.secret_scan import KEY, Secret, in_rows, in_text
from secondsight.paths import shown


class Licence(NamedTuple):
    """A licence as Zenodo calls it, and where its text stands."""

    zenodo: str
    url: str


LICENCES = {
    "CC BY 4.0": Licence("cc-by-4.0", "https://creativecommons.org/licenses/by/4.0/legalcode"),
    "CC BY-SA 4.0": Licence(
        "cc-by-sa-4.0", "https://creativecommons.org/licenses/by-sa/4.0/legalcode"
    ),
    "CC0": Licence("cc-zero", "https://creativecommons.org/publicdomain/zero/1.0/legalcode"),
    "MIT": Licence("mit", "https://opensource.org/license/mit"),
    "Apache-2.0": Licence("apache-2.0", "https://www.apache.org/licenses/LICENSE-2.0"),
}
"""Licences with an address; any other may be named in words."""
UNLICENSED = {NONE_CHOSEN, "none stated", ""}
SHOWN = 5
"""How many secrets a message names."""

HOW_TO_READ = f"""## How to read it

Each recording is a Parquet file, one row an answer, and a text file of the same name that says
what it is. `key` is the SHA-256 of `request`, which is what was asked as canonical JSON (RFC 8785),
with each image replaced by the SHA-256 of its bytes; `response` is what came back, unchanged. Where
`lookup` is `image_id`, an answer belongs to the image of that id, and what was asked is not known.
`label` and `parsed_elsewhere` are the true category and its authors' reading, where others released
them.

```python
import pandas
answers = pandas.read_parquet("{{}}.parquet")
```

`sha256sum -c SHA256SUMS` checks the files. Second Sight {__version__} wrote this folder;
`secondsight responses verify --folder .` checks that each file is what its text file says.
"""


@dataclass(frozen=True)
class Share:
    """How recordings are shared."""

    licence: str | None = None  # instead of what the sidecars say
    recorded_by: str | None = None  # likewise
    allowed: Collection[str] = ()  # kinds of secrets that may go out
    as_logs: bool = False  # whether logs for inspect's viewer lie beside


def export(paths: Sequence[Path], folder: Path, share: Share) -> list[Path]:
    """Write recordings into a new folder, with all that an archive wants; return its files.

    Beside each Parquet file and its sidecar: ``README.md``, ``LICENCE.txt``, ``.zenodo.json`` and
    ``SHA256SUMS``. All or nothing is written.

    Raises RecordingError if a recording is not what its sidecar says, nobody chose a licence, or
    something in it looks like a secret (the text says where), and ParameterError if the folder is
    there already, or two recordings have one name.
    """
    if folder.exists():
        raise ParameterError(f"{shown(folder)} is there already: name a new folder")
    names = [path.stem for path in paths]
    for name in names:
        if names.count(name) > 1:
            raise ParameterError(f"two recordings are called {name}: export them one by one")
    recordings = [_checked(path, share) for path in paths]
    with writing(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as beside:
            scratch = Path(beside) / folder.name
            scratch.mkdir()
            for recording in recordings:
                _write(recording, scratch, share)
            _write_words([recording.sidecar for recording in recordings], names, scratch)
            scratch.rename(folder)
    return sorted(folder.iterdir())


def _checked(path: Path, share: Share) -> Opened:
    """Return a recording that may go out, with the words that were chosen for it."""
    wrong = verify(path)
    if wrong:
        raise RecordingError(wrong[0])
    recording = opened(path)
    words = {"licence": share.licence, "recorded_by": share.recorded_by}
    if recording.sidecar.lookup == "request":  # older sidecars do not say how answers were drawn
        words["sampling"] = sampling_of(recording.rows(["request"])["request"].to_pylist())
    chosen = {name: word for name, word in words.items() if word}
    sidecar = recording.sidecar.model_copy(update=chosen)
    if sidecar.licence in UNLICENSED:
        raise RecordingError(
            f"{path.stem} has no licence ({sidecar.licence}): nobody may use it; if it is yours to "
            "give, choose one, as with --licence 'CC BY 4.0'"
        )
    _refuse_secrets(recording, sidecar, share.allowed)
    return Opened(path, sidecar, recording.content)


def _refuse_secrets(recording: Opened, sidecar: Sidecar, allowed: Collection[str]) -> None:
    texts = sidecar.model_dump(exclude_none=True, exclude={"sha256", "checksum"})
    secrets: list[Secret] = [*in_rows(recording.rows())]
    for field, text in texts.items():
        secrets += in_text(str(text), f"{field} in the sidecar")
    secrets = [secret for secret in secrets if secret.kind not in allowed or secret.kind == KEY]
    if not secrets:
        return
    listed = "; ".join(
        f"{place} ({kind}: {plain_line(words)})" for kind, place, words in secrets[:SHOWN]
    )
    more = f" and {len(secrets) - SHOWN:,} more" if len(secrets) > SHOWN else ""
    kinds = sorted({secret.kind for secret in secrets} - {KEY})
    way_out = [f"if it may be public, --allow {kind}" for kind in kinds]
    if any(secret.kind == KEY for secret in secrets):
        way_out.insert(0, "revoke the key where it was made, and record these answers anew")
    raise RecordingError(
        f"{recording.path.stem} holds what looks secret: {listed}{more}; {'; '.join(way_out)}"
    )


def _write(recording: Opened, folder: Path, share: Share) -> None:
    path = folder / recording.path.name
    path.write_bytes(recording.content)
    write_sidecar(path, recording.sidecar)
    for name, log in logs_of(recording) if share.as_logs else ():
        (folder / f"{name}.json").write_bytes(orjson.dumps(log))


def _write_words(sidecars: Sequence[Sidecar], names: Sequence[str], folder: Path) -> None:
    """Write the licence, what an archive asks for, the readme and the checksums, in this order."""
    licences = list(dict.fromkeys(sidecar.licence for sidecar in sidecars))
    (folder / "LICENCE.txt").write_text(_licence_text(sidecars, names), encoding="utf-8")
    about = orjson.dumps(_zenodo(sidecars, licences), option=orjson.OPT_INDENT_2)
    (folder / ".zenodo.json").write_bytes(about + b"\n")
    (folder / "README.md").write_text(_readme(sidecars, names), encoding="utf-8")
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n"
        for path in sorted(folder.iterdir())
    ]
    (folder / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


def _licence_text(sidecars: Sequence[Sidecar], names: Sequence[str]) -> str:
    lines = []
    for name, sidecar in zip(names, sidecars, strict=True):
        known = LICENCES.get(sidecar.licence)
        where = f", {known.url}" if known else ""
        lines.append(f"{name}: {sidecar.licence}{where}\n")
    return "".join(lines)


def _zenodo(sidecars: Sequence[Sidecar], licences: Sequence[str]) -> Mapping[str, Any]:
    """Return what Zenodo reads from ``.zenodo.json``; it knows one licence a record."""
    creators = dict.fromkeys(sidecar.recorded_by for sidecar in sidecars if sidecar.recorded_by)
    about = {
        "title": "; ".join(dict.fromkeys(sidecar.title for sidecar in sidecars)),
        "upload_type": "dataset",
        "description": " ".join(dict.fromkeys(sidecar.about for sidecar in sidecars)),
        "creators": [{"name": name} for name in creators],
        "keywords": sorted({model for sidecar in sidecars for model in sidecar.models}),
    }
    if len(licences) == 1 and licences[0] in LICENCES:
        about["license"] = LICENCES[licences[0]].zenodo
    return about


def _readme(sidecars: Sequence[Sidecar], names: Sequence[str]) -> str:
    parts = [_readme_part(name, sidecar) for name, sidecar in zip(names, sidecars, strict=True)]
    title, how = "# Recorded answers of vision-language models\n", HOW_TO_READ.format(names[0])
    return "\n".join([title, *parts, how])


def _readme_part(name: str, sidecar: Sidecar) -> str:
    when = [f"{day:%Y-%m-%d}" for day in (sidecar.first_recorded, sidecar.last_recorded) if day]
    rows = {
        "what": sidecar.title,
        "about": sidecar.about,
        "answers": f"{sidecar.rows:,}",
        "models": ", ".join(sidecar.models),
        "images": f"{sidecar.dataset} ({sidecar.origin})",
        "recorded": " to ".join(dict.fromkeys(when)) or "not known when",
        "by": sidecar.recorded_by or "not said",
        "endpoint": sidecar.endpoint or "not said",
        "sampling": sidecar.sampling or "not said",
        "source": sidecar.source,
        "licence": sidecar.licence,
    }
    texts = {field: plain_line(text).replace("|", "\\|") for field, text in rows.items()}
    cells = (f"| {field} | {text} |" for field, text in texts.items())
    return "\n".join([f"## {name}\n", "| | |", "| --- | --- |", *cells, ""])
