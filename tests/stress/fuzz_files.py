"""Read files that are nearly right, and see that what is wrong with each is one line.

Every case has a kind and a seed: the seed makes a good file and damages it. What reads it must give
a value or an error of `secondsight.errors` of one line, within two seconds, and the process must
stay below 1.5 GB. Cases run in a process of their own, so a crash is found too.

    python -m tests.stress.fuzz_files --seconds 600 --seed 1

from the project's root; a case that failed is run again with `--only KIND:SEED`.
"""

import argparse
import csv
import gzip
import hashlib
import io
import multiprocessing
import os
import pickle
import random
import resource
import struct
import sys
import tarfile
import tempfile
import time
import traceback
import warnings
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any
from unittest.mock import patch

import h5py
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from astropy.io import fits
from PIL import Image

from secondsight import paths
from secondsight.datasets import delve6
from secondsight.datasets.arrays import Part, check_images, from_arrays, hdf5_images, read_npy
from secondsight.datasets.campaign import read_campaign
from secondsight.datasets.campaign_folder import load_campaign
from secondsight.datasets.folder import load_folder
from secondsight.datasets.manifest import read_manifest
from secondsight.datasets.mirabest import BATCHES, read_archive
from secondsight.datasets.picture import read_picture
from secondsight.datasets.sources import Catalogue
from secondsight.datasets.votes import COLUMNS, Wanted, count_votes, read_export
from secondsight.errors import SecondSightError
from secondsight.inference.recording_plan import Plan
from secondsight.simulate.volunteers import SCHEMA
from secondsight.toml import read_toml

SECONDS, MEGABYTES, CHARACTERS = 2.0, 1_500, 2_000
BATCH = 100
"""Cases of one process."""
PATIENCE = 60
"""Seconds after which a case is taken to hang."""
RECORD = paths.DATA / "record.toml"
Chance = random.Random


# ------------------------------------------------------------------------------------- the damage


def damaged(content: bytes, chance: Chance) -> bytes:
    """Return bytes with a few changed, cut, doubled or put in."""
    body = bytearray(content)
    for _ in range(chance.choice([0, 1, 1, 2, 3, 8, 40])):
        at = chance.randrange(len(body) + 1)
        match chance.randrange(7):
            case 0:
                del body[at:]
            case 1:
                del body[at : at + chance.randrange(64)]
            case 2:
                body[at:at] = chance.randbytes(chance.randrange(1, 32))
            case 3:
                body[at:at] = body[at : at + chance.randrange(256)] * chance.choice([1, 2, 50])
            case 4:
                size = chance.choice([1, 2, 4, 8])
                number = chance.choice([0, 1, 127, 128, 255, 2**15, 2**31 - 1, 2**32 - 1, 2**63])
                order = chance.choice(["big", "little"])
                body[at : at + size] = (number % 256**size).to_bytes(size, order)
            case _:
                if at < len(body):
                    body[at] ^= 1 << chance.randrange(8)
    return bytes(body)


def woven(tokens: list[str], chance: Chance, most: int = 60) -> str:
    """Return a text of tokens, some of them many times over."""
    often = [1] * 12 + [30, 3_000]
    count = chance.randrange(most)
    return "".join(chance.choice(tokens) * chance.choice(often) for _ in range(count))


# --------------------------------------------------------------------------------------- pictures


def chunk(kind: bytes, content: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + check


def png_with_right_checksums(chance: Chance) -> bytes:
    """Return a PNG whose chunks are damaged before their checksums are made."""
    side = chance.choice([0, 1, 4, 64, 5_000, 5_001, 2**31 - 1])
    depth, colour = chance.choice([1, 2, 4, 8, 16, 3]), chance.choice([0, 2, 3, 4, 6, 5])
    rows = zlib.compress(bytes(chance.choice([0, 20, 5_000])))
    text = b"Comment\0\0" + zlib.compress(bytes(chance.choice([10, 3_000_000])))
    profile = b"icc\0\0" + zlib.compress(chance.randbytes(200))
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", side, side, depth, colour, 0, 0, chance.choice([0, 1]))),
        (b"PLTE", chance.randbytes(chance.choice([3, 768, 7]))),
        (chance.choice([b"tRNS", b"gAMA", b"pHYs", b"acTL", b"fcTL", b"fdAT", b"eXIf", b"cHRM"]),
         chance.randbytes(chance.choice([0, 1, 4, 8, 26, 32]))),
        chance.choice([(b"zTXt", text), (b"iCCP", profile), (b"iTXt", b"a\0\1\0\0\0" + text)]),
        (b"IDAT", rows),
        (b"IEND", b""),
    ]  # fmt: skip
    if chance.random() < 0.5:
        at = chance.randrange(len(chunks))
        chunks[at] = chunks[at][0], damaged(chunks[at][1], chance)
    if chance.random() < 0.3:
        chunks.insert(chance.randrange(6), chance.choice(chunks))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(kind, content) for kind, content in chunks)


def picture(chance: Chance) -> bytes:
    if chance.random() < 0.5:
        return png_with_right_checksums(chance)
    mode = chance.choice(["RGB", "L", "1", "P", "RGBA", "LA", "I;16"])
    form = "PNG" if mode == "I;16" else chance.choice(["PNG", "PNG", "GIF", "WEBP", "JPEG", "TIFF"])
    side = chance.choice([1, 5, 40])
    image = Image.frombytes("RGB", (side, side), chance.randbytes(side * side * 3))
    image = Image.new(mode, (side, side)) if mode == "I;16" else image.convert(mode)
    image = image.convert("RGB") if form in {"JPEG", "WEBP"} else image
    content = io.BytesIO()
    image.save(content, form)
    return damaged(content.getvalue(), chance)


def read_images(folder: Path, chance: Chance) -> None:
    read_picture(picture(chance), "the picture")


# ---------------------------------------------------------------------------------------- folders


IDS = ["a", "b", "", ".", "..", "../b", "/etc/passwd", "a/b", "a\\b", "a\0", "a\n", "ä" * 100,
       "x" * 300, "\u202e", "\ud800", "NA", "1e5", " a", "~", "-", "a,b", '"', "'"]  # fmt: skip


def make_folder(folder: Path, chance: Chance, name: str, head: list[str]) -> None:
    ids = [chance.choice(["a", "b", "c", *IDS]) for _ in range(chance.randrange(5))]
    numbers = ["0", "1", "25", "", "-1", "1.5", "9" * 30, "NaN", "٣", "1\n"]
    rows = [[one, *(chance.choice(numbers[: chance.choice([2, 10])]) for _ in head[1:])]
            for one in ids]  # fmt: skip
    text = io.StringIO()
    with suppress(csv.Error):
        csv.writer(text).writerows([head, *rows])
    table = text.getvalue().encode(errors="surrogatepass")
    (folder / name).write_bytes(damaged(table, chance) if chance.random() < 0.5 else table)
    good = chunked_png()
    for one in {"a", "b", "c", *ids}:
        with suppress(OSError, ValueError):
            put(folder / f"{one}.png", good, chance)
    if chance.random() < 0.1:
        (folder / name).unlink()
        put_link(folder / name, chance)


def chunked_png() -> bytes:
    content = io.BytesIO()
    Image.new("L", (4, 4), 7).save(content, "PNG")
    return content.getvalue()


def put(path: Path, content: bytes, chance: Chance) -> None:
    if path.parent.name == "etc" or not path.resolve().is_relative_to(tempfile.gettempdir()):
        return
    match chance.randrange(8):
        case 0:
            put_link(path, chance)
        case 1:
            path.mkdir()
        case 2:
            os.mkfifo(path)
        case 3:
            path.write_bytes(damaged(content, chance))
        case _:
            path.write_bytes(content)


def put_link(path: Path, chance: Chance) -> None:
    path.symlink_to(chance.choice(["/etc/passwd", "/dev/zero", path.name, "a.png", "..", "gone"]))


def read_folders(folder: Path, chance: Chance) -> None:
    if chance.random() < 0.5:
        make_folder(folder, chance, "labels.csv", ["image_id", "label"])
        dataset = load_folder(folder)
    else:
        head = ["image_id", "dwarf_votes", "total_votes"]
        make_folder(folder, chance, "votes.csv", head + ["label"] * chance.randrange(2))
        dataset = load_campaign(folder)
    for image_id in dataset.table["image_id"]:
        dataset.pixels(image_id)


# ----------------------------------------------------------------------------------------- tables


def read_tables(folder: Path, chance: Chance) -> None:
    """Read tables of votes: of a folder, made of tokens."""
    tokens = ["image_id", "label", "dwarf_votes", "total_votes", ",", ",", "\n", "\n", "\r", '"',
              "1", "0", "a", "\0", "\ufeff", " ", ";", "\t", "x" * 200, "'"]  # fmt: skip
    name = chance.choice(["labels.csv", "votes.csv"])
    start = {"labels.csv": "image_id,label\n", "votes.csv": "image_id,dwarf_votes,total_votes\n"}
    text = start[name] * (chance.random() < 0.7) + woven(tokens, chance)
    (folder / name).write_text(text, encoding=chance.choice(["utf-8", "utf-8", "utf-16"]))
    (load_folder if name == "labels.csv" else load_campaign)(folder)


def annotation(chance: Chance) -> str:
    deep = chance.choice([1, 1, 1, 3, 300, 600])
    values = ['"Yes"', "null", "[]", '["a", "b"]', "{}", "1e999", '{"choice": "x"}', "[[[]]]"]
    inner = chance.choice(values)
    for _ in range(deep):
        inner = f'[{{"task": "{chance.choice(["T0", "T1"])}", "value": {inner}}}]'
    return (
        damaged(inner.encode(), chance).decode(errors="replace") if chance.random() < 0.2 else inner
    )


def export_row(number: int, chance: Chance) -> list[str]:
    odd = ["", "x", "-1", "1;2", "9" * 19, "9" * 30, "9" * 5_000, "1.0", "0x1", " 1", "\u0661"]
    row = dict.fromkeys(COLUMNS, "")
    row.update(
        classification_id=str(number), user_name=chance.choice(["ann", "bob", ""]),
        user_id=chance.choice(["1", "", "x"]), user_ip=chance.choice(["ab", ""]), workflow_id="1",
        workflow_version="1.1", annotations=annotation(chance), subject_ids=str(number % 3),
        created_at=chance.choice(["2016-12-16 08:22:14 UTC", "", "never", "9999999-99-99"]),
        subject_data=chance.choice(['{"1": {"retired": null}}', "{}", "[]", "1",
                                    '{"1": {"retired": {"retired_at": 5}}}']),
    )  # fmt: skip
    if chance.random() < 0.2:
        row[chance.choice(COLUMNS)] = chance.choice(odd)
    return list(row.values())


def read_exports(folder: Path, chance: Chance) -> None:
    text = io.StringIO()
    rows = [export_row(number, chance) for number in range(chance.randrange(6))]
    csv.writer(text).writerows([COLUMNS, *rows])
    content = text.getvalue().encode(errors="replace")
    content = damaged(content, chance) if chance.random() < 0.4 else content
    path = folder / chance.choice(["votes.csv", "votes.csv.gz"])
    packed = gzip.compress(content, 1) if path.suffix == ".gz" else content
    path.write_bytes(damaged(packed, chance) if chance.random() < 0.2 else packed)
    wanted = Wanted(
        repeats=chance.choice(["first", "all"]), until_retirement=chance.random() < 0.3,
        logged_in_only=chance.random() < 0.3, version=chance.choice([None, "1", "1.1"]),
    )  # fmt: skip
    count_votes(read_export(path, wanted))


def read_parquets(folder: Path, chance: Chance) -> None:
    if chance.random() < 0.5:
        path = folder / "sky.parquet"
        columns = {"image_id": ["a", "b"], "label": ["0", None], "image_sha256": ["0", "1"]}
        pd.DataFrame(columns).assign(split="test").to_parquet(path)
        path.write_bytes(damaged(path.read_bytes(), chance))
        with patch.object(paths, "MANIFESTS", folder):
            read_manifest("sky")
        return
    columns = {"subject": pa.array([0, 0, 1]), "volunteer": pa.array([1, 2, 1]),
               "vote": pa.array([True, False, True])}  # fmt: skip
    table = pa.table(columns).cast(SCHEMA)
    path = folder / "votes.parquet"
    pq.write_table(table, path)
    path.write_bytes(damaged(path.read_bytes(), chance))
    read_campaign(path)


# ------------------------------------------------------------------------------------------- TOML


TOML = ["a", "source", "name", ".", ".", "=", " = ", "\n", "[", "]", "[[", "]]", "{", "}", ",", '"',
        "'", '"""', "\'\'\'", "\\", "1", "1e5", "0x", "_", "-", "2020-01-01", "T", ":", "true", "#",
        "ä", "\\u0000", "\\U0010ffff", "\t", " ", "a.", "'a'.", '"a".', "inf", "9" * 50, "[a.b]\n",
        "[[source]]\n", "a=[", "a={", "a = 1\n"]  # fmt: skip


def read_tomls(folder: Path, chance: Chance) -> None:
    place, model = chance.choice([(paths.SOURCES, Catalogue), (RECORD, Plan)])
    content = damaged(place.read_bytes(), chance)
    if chance.random() < 0.6:
        coding = chance.choice(["utf-8"] * 5 + ["utf-16"])
        content = woven(TOML, chance, most=chance.choice([10, 60, 400])).encode(coding)
    (folder / "a.toml").write_bytes(content)
    read_toml(folder / "a.toml", model)


# ---------------------------------------------------------------------------------------- archives


def batch(number: int, chance: Chance) -> Any:
    """Return what a pickle of a batch holds, now and then with something else in it."""
    image = np.full((150, 150), number, np.uint8)
    files = [f"{digit}00_{100 + number}.000_+00{digit}.000.png" for digit in (1, 2)]
    held: dict[str, Any] = {"filenames": files, "labels": [0, 1], "data": [image, image]}
    odd = [None, 1, [], [[], []], "ab", b"ab", {}, np.zeros(2), np.array(3), [1, 2, 3],
           np.zeros((2, 3)), [None, None], ["../../x.png"] * 2, np.array(["a", "b"]),
           [np.zeros(22_500, np.uint8)] * 2]  # fmt: skip
    if chance.random() < 0.02:
        held[chance.choice(list(held))] = chance.choice(odd)
    return held if chance.random() > 0.01 else chance.choice(odd)


def archive(chance: Chance) -> bytes:
    meta = {"label_names": ["FRI", "FRII"]}
    files = {"batches.meta": pickle.dumps(meta, 3)}
    for number, name in enumerate(BATCHES, start=1):
        files[name] = pickle.dumps(batch(number, chance), chance.choice([3, 4]))
    if chance.random() < 0.5:
        name = chance.choice(list(files))
        files[name] = damaged(files[name], chance)
    sums = [f"{hashlib.md5(content).hexdigest()}  {name}\n" for name, content in files.items()]
    files = {"hash.md5": "".join(sums).encode(), **files}
    target = io.BytesIO()
    form = chance.choice([tarfile.GNU_FORMAT, tarfile.PAX_FORMAT, tarfile.USTAR_FORMAT])
    with tarfile.open(fileobj=target, mode="w", format=form) as tar:
        for name, content in files.items():
            about = tarfile.TarInfo(name)
            about.size = len(content)
            if chance.random() < 0.01:
                about.type = chance.choice(
                    [b"1", b"2", b"3", b"6", b"L", b"K", b"x", b"g", b"S", b"7"]
                )
                about.linkname = name
            tar.addfile(about, io.BytesIO(content))
    return target.getvalue()


def read_tars(folder: Path, chance: Chance) -> None:
    content = archive(chance)
    content = damaged(content, chance) if chance.random() < 0.3 else content
    content += bytes(chance.choice([0] * 30 + [60_000_000]))
    packed = gzip.compress(content, 1)
    (folder / "a.tar.gz").write_bytes(damaged(packed, chance) if chance.random() < 0.3 else packed)
    dataset = read_archive(folder / "a.tar.gz")
    dataset.pixels(dataset.table["image_id"][0])


# -------------------------------------------------------------------------------- HDF5 and others


def read_hdf5s(folder: Path, chance: Chance) -> None:
    path, pixels = folder / "a.h5", np.zeros((5, 8, 8, 3), np.uint8)
    how = chance.choice([{}, {"chunks": (1, 8, 8, 3)}, {"compression": "gzip"},
                         {"shuffle": True, "fletcher32": True, "compression": "lzf"}])  # fmt: skip
    with h5py.File(path, "w", libver=chance.choice(["earliest", "latest"])) as file:
        if chance.random() < 0.1:
            shape = chance.choice([(10**9, 8, 8, 3), (2**62,), (0, 8, 8, 3)])
            file.create_dataset("images", shape, chance.choice(["u1", "f8", "S9"]), chunks=True)
        else:
            file.create_dataset("images", data=pixels, **how)
        kinds = ["u1", "f4", "i8", "S5", "f8", "u1"]
        file.create_dataset("ans", data=np.array([0, 1, 0, 1, 1], chance.choice(kinds)))
    content = path.read_bytes()
    content = damaged(content, chance) if chance.random() < 0.8 else content
    if chance.random() < 0.4:
        path = folder / "a.h5.gz"
        content = gzip.compress(content, 1)
        content = damaged(content, chance) if chance.random() < 0.2 else content
    path.write_bytes(content)
    images, labels = hdf5_images(path, "ans", 8, ["0", "1"])
    from_arrays("made", [Part("made", "test", images, labels)])


def read_npys(folder: Path, chance: Chance) -> None:
    path = folder / "a.npy"
    np.save(path, np.zeros((5, 8, 8, 3), np.uint8))
    head, body = path.read_bytes()[:128], path.read_bytes()[128:]
    path.write_bytes(damaged(head, chance) + damaged(body, chance))
    check_images(read_npy(path), 8, "a.npy")


def read_fits(folder: Path, chance: Chance) -> None:
    path = folder / "a.fits"
    columns = {there: np.zeros(20) for there in delve6.COLUMNS.values()}
    fits.BinTableHDU(pd.DataFrame(columns).to_records(index=False)).writeto(path)
    path.write_bytes(damaged(path.read_bytes(), chance))
    delve6.read_field.__wrapped__(path)


KINDS: dict[str, Callable[[Path, Chance], None]] = {
    "images": read_images,
    "folders": read_folders,
    "tables": read_tables,
    "exports": read_exports,
    "parquet": read_parquets,
    "toml": read_tomls,
    "tar": read_tars,
    "hdf5": read_hdf5s,
    "npy": read_npys,
    "fits": read_fits,
}


# -------------------------------------------------------------------------------------- the running


def run_case(kind: str, seed: int) -> tuple[str, str]:
    """Run one case; return how it ended (``"read"``, ``"refused"`` or ``"wrong"``) and why."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "folder"
        folder.mkdir()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                KINDS[kind](folder, Chance(f"{kind}:{seed}"))
        except SecondSightError as error:
            said = str(error)
            lines = said.split("\n  ")  # a list has a line for each thing, set in
            if any("\n" in line or "\r" in line for line in lines):
                return "wrong", f"more than one line: {said!r}"
            if max(map(len, lines)) > CHARACTERS:
                return "wrong", f"{len(said)} characters: {said[:200]}"
            return "refused", said.replace(name, "")
        except Exception:
            return "wrong", traceback.format_exc()
    return "read", ""


def peak_megabytes() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)


def run_batch(cases: list[tuple[str, int]], pipe: Connection) -> None:
    """Run cases and send each one's outcome, after its name."""
    for kind, seed in cases:
        pipe.send((kind, seed))
        started = time.process_time()  # the machine may be busy; what waits is caught elsewhere
        ended, why = run_case(kind, seed)
        took = time.process_time() - started
        if took > SECONDS:
            ended, why = "wrong", f"{took:.1f} s, {ended}: {why}"
        if peak_megabytes() > MEGABYTES:
            pipe.send(("wrong", f"{peak_megabytes():.0f} MB, {ended}: {why}"))
            return
        pipe.send((ended, why))


def outcomes(cases: list[tuple[str, int]]) -> Iterator[tuple[str, int, str, str]]:
    """Run cases in a process of their own and yield how each ended, a crash and a hang too."""
    ours, theirs = multiprocessing.Pipe()
    worker = multiprocessing.get_context("fork").Process(target=run_batch, args=(cases, theirs))
    worker.start()
    theirs.close()
    kind, seed = "none", -1
    try:
        for _ in cases:
            kind, seed = ours.recv()
            if not ours.poll(PATIENCE):
                worker.kill()
                yield kind, seed, "wrong", "it hangs"
                return
            yield kind, seed, *ours.recv()
    except EOFError:
        worker.join()
        if worker.exitcode:
            yield kind, seed, "wrong", f"the process died: {worker.exitcode}"
    finally:
        worker.join()


def main() -> int:
    """Run cases until the time is up; print those that went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kinds", nargs="*", default=list(KINDS), choices=list(KINDS))
    parser.add_argument("--only", help="one case, such as toml:12")
    options = parser.parse_args()
    if options.only:
        kind, _, seed = options.only.partition(":")
        print(*run_case(kind, int(seed)), f"{peak_megabytes():.0f} MB", sep="\n")
        return 0
    counted: Counter[tuple[str, str]] = Counter()
    end, seed = time.monotonic() + options.seconds, options.seed * 10_000_000
    while time.monotonic() < end:
        cases = [(kind, seed + n) for n in range(BATCH // 10) for kind in options.kinds]
        seed += BATCH // 10
        for kind, number, ended, why in outcomes(cases):
            counted[kind, ended] += 1
            if ended == "wrong":
                print(f"{kind}:{number}: {why}", flush=True)
    for (kind, ended), count in sorted(counted.items()):
        print(f"{kind}: {count:,} {ended}")
    return int(any(ended == "wrong" for _, ended in counted))


if __name__ == "__main__":
    sys.exit(main())
