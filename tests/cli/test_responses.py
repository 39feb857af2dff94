from pathlib import Path

import pytest

from cli.conftest import Record, Run
from secondsight.cli.shell import out
from secondsight.inference.journal import Journal, line_of
from secondsight.inference.recording import sidecar_path
from secondsight.inference.request import key_of

ON = True


def test_list_without_recordings_says_so(run: Run, recordings: Path) -> None:
    said = run("responses", "list", "--folder", recordings)
    assert (said.code, said.out) == (0, "nothing is recorded here yet\n")


def test_list_shows_each_recording(run: Run, record: Record, recordings: Path) -> None:
    record("one", *"10101")
    record("two", "1", model="a[b]/c")
    name = "a-name-that-is-longer-than-a-column-of-a-table-may-be.lsbg-1-names.minivlm-4"
    record(name, "1")
    said = run("responses", "list", "--folder", recordings).out.splitlines()
    where = "recorded here, simulated sky"
    assert said == [
        f"{name}\t{where}\tsky-1\t1 response\trequest\t2026-01-02",
        f"one\t{where}\tsky-1\t5 responses\trequest\t2026-01-02",
        f"two\t{where}\ta[b]/c\t1 response\trequest\t2026-01-02",
    ]


def test_list_on_a_terminal_gives_a_name_its_own_line(
    run: Run, record: Record, recordings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "a-name-that-is-longer-than-a-line-of-the-terminal" * 2
    record(name, "1")
    monkeypatch.setattr(out, "_force_terminal", ON)
    said = run("responses", "list", "--folder", recordings).out.splitlines()
    assert said[0] == name
    assert said[1].startswith("    recorded here, simulated sky, sky-1, 1 response, request")


def test_show_names_each_rows_model_where_there_are_several(
    run: Run, record: Record, recordings: Path
) -> None:
    record("one", "1")
    record("two", "1", model="sky-2")
    merged = run("responses", "merge", "one", "two", "-o", "both", "--folder", recordings)
    assert merged.code == 0, merged.err
    said = run("responses", "show", "both", "--folder", recordings)
    assert "img-000 #0 sky-1: 1" in said.out
    assert "img-000 #0 sky-2: 1" in said.out


def test_the_likeliest_name_is_told_first(run: Run, record: Record, recordings: Path) -> None:
    record("a-first", "1")
    record("lsbg.minivlm", "1")
    said = run("responses", "show", "lsbg.minvlm", "--folder", recordings)
    assert said.err.endswith("; known: lsbg.minivlm, a-first\n")


def test_show_tells_what_a_recording_is_and_some_responses(
    run: Run, record: Record, recordings: Path
) -> None:
    record("one", *(f"answer {number}" for number in range(9)), about="[bold]Made up[/].")
    said = run("responses", "show", "one", "--folder", recordings)
    assert said.code == 0
    assert "title: The recording one\n" in said.out
    assert "about: [bold]Made up[/].\n" in said.out
    assert "rows: 9\n" in said.out
    assert said.out.count(" #0: answer ") == 5


def test_show_gives_as_many_responses_as_are_asked_for(
    run: Run, record: Record, recordings: Path
) -> None:
    record("one", *"101010101")
    said = run("responses", "show", "one", "--most", "7", "--folder", recordings)
    assert said.out.count(" #0: ") == 7


def test_show_keeps_a_long_answer_on_its_line(run: Run, record: Record, recordings: Path) -> None:
    record("one", "word " * 60)
    said = run("responses", "show", "one", "--folder", recordings)
    assert f"img-000 #0: {'word ' * 60}".rstrip() in said.out


def test_show_of_a_journal(run: Run, recordings: Path) -> None:
    request = '{"model":"sky-1"}'
    with Journal(recordings / "two.jsonl") as opened:
        opened.append(
            line_of(
                key=key_of(request.encode()), image_id="i", repeat=0, request=request, response="r"
            )
        )
    for name in ("two", "two.jsonl"):
        said = run("responses", "show", name, "--folder", recordings)
        assert said.code == 0, said.err
        assert "state: a journal, not published\nmodels: ['sky-1']\nrows: 1\n" in said.out
        assert "i #0: r" in said.out


def test_show_of_one_image(run: Run, record: Record, recordings: Path) -> None:
    record("one", "first", "second", "third")
    said = run("responses", "show", "one", "--image-id", "img-001", "--folder", recordings)
    assert "img-001 #0: second" in said.out
    assert said.out.count(" #0: ") == 1


def test_show_of_an_absent_image_is_one_line(run: Run, record: Record, recordings: Path) -> None:
    record("one", "first")
    said = run("responses", "show", "one", "--image-id", "img-9", "--folder", recordings)
    assert said.code == 1
    assert said.err == "error: one holds no response about the image 'img-9'\n"


def test_an_unknown_recording_is_one_line_with_the_known_ones(
    run: Run, record: Record, recordings: Path
) -> None:
    record("one", "1")
    for command in (["show", "nope"], ["verify", "nope"]):
        said = run("responses", *command, "--folder", recordings)
        assert said.code == 1
        assert said.err.startswith("error: no recording named 'nope' in ")
        assert said.err.endswith("; known: one\n")


def test_verify_of_good_recordings(run: Run, record: Record, recordings: Path) -> None:
    record("one", "1", "0")
    record("two", "1")
    said = run("responses", "verify", "--folder", recordings)
    assert (said.code, said.err) == (0, "")
    assert said.out == "2 recordings are what their sidecars say\n"


def test_verify_of_a_damaged_recording_fails(run: Run, record: Record, recordings: Path) -> None:
    path = record("one", "1", "0")
    record("two", "1")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    said = run("responses", "verify", "--folder", recordings)
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith(
        f"error: {path} is damaged: its SHA-256 is not the one in its sidecar; fetch it again"
    )


def test_verify_of_the_other_recordings_by_name(run: Run, record: Record, recordings: Path) -> None:
    record("one", "1").write_bytes(b"")
    record("two", "1")
    assert run("responses", "verify", "two", "--folder", recordings).code == 0
    assert run("responses", "verify", "one", "two", "--folder", recordings).code == 1


def test_verify_reads_journals_and_what_is_kept_aside(
    run: Run, record: Record, recordings: Path
) -> None:
    record("one", "1")
    journal = recordings / "two.again" / "two.jsonl"
    with Journal(journal) as opened:
        opened.append(
            line_of(key=key_of(b"{}"), image_id="i", repeat=0, request="{}", response="r")
        )
        opened.keep_aside(journal.read_bytes())
    said = run("responses", "verify", "--folder", recordings)
    assert said.out == "1 recording is what its sidecar says, 2 journals are whole\n"
    for path in (journal, journal.with_suffix(".aside")):
        whole = path.read_bytes()
        path.write_bytes(whole.replace(b'"r"', b'"s"'))
        for names in ([], ["two"]):
            said = run("responses", "verify", *names, "--folder", recordings)
            assert said.code == 1
            assert said.err.startswith(f"error: {path}, line 1, is damaged")
        path.write_bytes(whole)


def test_what_a_terminal_obeys_is_not_printed(run: Run, record: Record, recordings: Path) -> None:
    record("one", "\x1b[31mred\x9b1m\x07", about="\x1b]0;title\x07plain")
    said = run("responses", "show", "one", "--folder", recordings)
    assert "img-000 #0: red1m\n" in said.out
    assert "about: plain\n" in said.out
    said = run("responses", "show", "\x1b[2Jone", "--folder", recordings)
    assert said.err.startswith("error: no recording named '\\x1b[2Jone' in ")
    for text in (said.err, said.out):
        assert "\x1b" not in text


def test_verify_without_a_sidecar_fails(run: Run, record: Record, recordings: Path) -> None:
    sidecar_path(record("one", "1")).unlink()
    said = run("responses", "verify", "--folder", recordings)
    assert said.code == 1
    assert "has no sidecar one.toml beside it" in said.err


def test_import_of_an_unknown_model_is_one_line(run: Run, tmp_path: Path) -> None:
    said = run("responses", "import-astrosight", "nope", "--folder", tmp_path)
    assert said.code == 1
    assert said.err == ("error: AstroSight holds no model 'nope'; known: gpt-4o-mini, qwen-vl\n")


def test_an_import_verifies(run: Run, mirror: Path, tmp_path: Path) -> None:
    said = run("responses", "import-astrosight", "qwen-vl", "--folder", tmp_path)
    assert (said.code, said.err) == (0, "")
    said = run("responses", "verify", "--folder", tmp_path)
    assert said.out == "1 recording is what its sidecar says\n"


def test_the_descriptions_of_many_models_import_and_verify(
    run: Run, mirror: Path, tmp_path: Path
) -> None:
    said = run("responses", "import-aion-search", "--folder", tmp_path)
    assert (said.code, said.err, said.out.count("wrote")) == (0, "", 16)
    said = run("responses", "verify", "--folder", tmp_path)
    assert said.out == "16 recordings are what their sidecars say\n"
