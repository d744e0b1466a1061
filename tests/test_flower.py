"""Lesson 16's federation by Flower: in an environment of its own, the same weights as ours."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from medlearn import environment

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "scripts" / "flower"


def rehearse(python, **settings):
    command = [python, FOLDER / "rehearse.py", *settings.pop("words", ())]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, **settings)


def test_without_flower_it_says_what_is_missing():
    done = rehearse(sys.executable, timeout=60)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "flower-superlink" in done.stderr
    page = re.search(r"docs/\w+\.md", done.stderr)[0]
    assert "scripts/flower/rehearse.py" in (ROOT / page).read_text("utf-8")


@pytest.mark.long
def test_flower_learns_what_our_federation_learns(tmp_path):
    subprocess.run([sys.executable, "-m", "venv", tmp_path], check=True)
    python = environment.python_of(tmp_path)
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*install, "-r", FOLDER / "requirements.txt"], check=True)
    subprocess.run([*install, "--no-deps", ROOT], check=True)
    done = rehearse(python, words=["--rounds", "1"], timeout=1200)
    assert done.returncode == 0, done.stdout + done.stderr
    assert float(re.search(r"Greatest difference: (\S+)", done.stdout)[1]) < 1e-12
