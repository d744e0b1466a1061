"""The progress file: written whole or not at all, never lost, carried by one line of text."""

import base64
import errno
import json
import os
import re
import subprocess
import sys
import time
import zlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from medlearn.exercises import overview, progress
from medlearn.exercises.progress import ProgressError


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    monkeypatch.setattr(progress, "_only_here", {})
    monkeypatch.setattr(progress, "_warned", False)


def test_a_pass_is_kept_with_its_first_date(medlearn_home):
    progress.record("01", "neuron")
    first = progress.done()
    progress.record("01", "neuron")
    assert progress.done() == first == {"01": {"neuron": first["01"]["neuron"]}}
    stored = json.loads((medlearn_home / "progress.json").read_text())
    assert stored == {"version": 1, "passed": first}
    assert {p.name for p in medlearn_home.iterdir()} <= {"progress.json", "progress.json.lock"}


def test_many_processes_lose_nothing(medlearn_home):
    start = medlearn_home / "start"
    script = (
        "import os, sys, time; from medlearn.exercises import progress\n"
        "while not os.path.exists(sys.argv[2]): time.sleep(0.001)\n"
        "for i in range(40): progress.record('01', f'{sys.argv[1]}-{i}')"
    )
    command = [sys.executable, "-c", script]
    workers = [subprocess.Popen([*command, str(n), str(start)]) for n in range(3)]
    time.sleep(1)  # all three are waiting, so that they write at the same time
    start.touch()
    assert [worker.wait(60) for worker in workers] == [0, 0, 0]
    assert len(progress.done()["01"]) == 120


@pytest.mark.parametrize(
    "damage", ["", "{", "[]", '{"version": 1}', '{"version": 1, "passed": {"01": 3}}', "\x00\x01"]
)
def test_a_damaged_file_is_put_aside(medlearn_home, damage, capsys):
    (medlearn_home / "progress.json").write_text(damage)
    progress.record("01", "neuron")
    assert "put aside" in capsys.readouterr().out
    assert list(progress.done()["01"]) == ["neuron"]
    (aside,) = medlearn_home.glob("progress.damaged-*.json")
    assert aside.read_text() == damage


def test_a_newer_file_is_left_alone(medlearn_home, capsys):
    newer = '{"version": 99, "passed": {}}'
    (medlearn_home / "progress.json").write_text(newer)
    progress.record("01", "neuron")
    assert "newer medlearn" in capsys.readouterr().out
    assert (medlearn_home / "progress.json").read_text() == newer
    assert list(progress.done()["01"]) == ["neuron"]


def test_unwritable_home_keeps_the_session_and_says_so_once(tmp_path, monkeypatch, capsys):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("MEDLEARN_HOME", str(tmp_path / "file" / "below"))
    progress.record("01", "neuron")
    progress.record("01", "slope")
    said = capsys.readouterr().out
    assert said.count("cannot be written") == 1 and "MEDLEARN_HOME" in said
    assert set(progress.done()["01"]) == {"neuron", "slope"}
    monkeypatch.setenv("MEDLEARN_HOME", str(tmp_path / "good"))
    progress.record("01", "later")
    assert set(json.loads((tmp_path / "good" / "progress.json").read_text())["passed"]["01"]) == {
        "neuron", "slope", "later",
    }  # fmt: skip


def test_a_full_disk_leaves_the_old_file_whole(medlearn_home, monkeypatch, capsys):
    progress.record("01", "neuron")
    before = (medlearn_home / "progress.json").read_text()

    def full(_descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    progress.record("01", "slope")
    assert "No space left" in capsys.readouterr().out
    assert (medlearn_home / "progress.json").read_text() == before
    assert not list(medlearn_home.glob(".progress-*")), "a half-written file was left"
    assert set(progress.done()["01"]) == {"neuron", "slope"}


def test_export_and_import(tmp_path, monkeypatch):
    progress.record("01", "neuron")
    line = progress.export_text()
    assert "\n" not in line and len(line) < 200
    monkeypatch.setenv("MEDLEARN_HOME", str(tmp_path / "other"))
    progress.record("03", "count")
    progress.import_text(f"  {line[:20]}\n{line[20:]} ")
    assert {k: list(v) for k, v in progress.done().items()} == {"01": ["neuron"], "03": ["count"]}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text() | st.text().map("medlearn1:".__add__))
def test_other_texts_are_refused(text):
    with pytest.raises(ProgressError):
        progress.import_text(text)


def test_a_cut_or_altered_line_changes_nothing():
    progress.record("01", "neuron")
    line = progress.export_text()
    altered = [line[:i] + ("A" if line[i] != "A" else "B") + line[i + 1 :] for i in range(10, 60)]

    def line_of(packed):
        return "medlearn1:" + base64.urlsafe_b64encode(packed).decode()

    bomb = line_of(zlib.compress(b'{"01": {"a": "' + b"x" * 5_000_000 + b'"}}'))
    unproven = line_of(zlib.compress(b'{"02": {"a": "2026"}}')[:-2])  # without its checksum
    for broken in (line[:-5], line[:-12], line.replace("1:", "2:"), bomb, unproven, *altered):
        with pytest.raises(ProgressError):
            progress.import_text(broken)
    assert list(progress.done()) == ["01"]


def test_the_picture_says_what_is_open(capsys):
    progress.record("01", "neuron")
    overview.show("01")
    words = capsys.readouterr().out
    assert "Lesson 01: 1 of" in words and "open: border" in words
    with pytest.raises(ValueError, match="no lesson '55'"):
        overview.show("55")
    drawn = overview._svg(overview.table("01"))
    assert drawn.count("<path") == 1 and "neuron: right" in drawn


def test_a_text_is_written_and_looks_so_without_colour(capsys):
    for name in ("neuron", "silent", "verdict"):
        progress.record("01", name)
    overview.show("01")
    words = capsys.readouterr().out
    assert "Lesson 01: 3 of 7 exercises done: 2 right, 1 written; still open: border" in words
    drawn = overview._svg(overview.table("01"))
    assert "verdict: written" in drawn and "verdict: right" not in drawn
    signs = [sign.split()[2:] for sign in re.findall('<path d="M([^"]*)"', drawn)]
    assert len(signs) == 3 and signs[0] == signs[2] != signs[1]
    assert words.strip() in drawn, "and for those who do not see the picture"
    only_text = {"verdict": "written"}
    assert overview.line("01", only_text) == "Lesson 01: 1 of 1 exercises done: 0 right, 1 written"


def test_a_file_of_before_is_read(medlearn_home):
    """When a text still counted as passed."""
    old = {"version": 1, "passed": {"01": {"neuron": "2025-01-01", "verdict": "2025-01-02"}}}
    (medlearn_home / "progress.json").write_text(json.dumps(old))
    marks = dict(overview.table())["01"]
    assert (marks["neuron"], marks["verdict"], marks["border"]) == ("right", "written", "open")
    progress.record("01", "verdict")
    assert json.loads((medlearn_home / "progress.json").read_text()) == old
