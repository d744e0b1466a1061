"""doctor and setup: they name what is odd and how to mend it, and stop nobody."""

import importlib.metadata
import re
import sys
import tomllib

import pytest

import medlearn
from medlearn import datasets, doctor


def symbols(findings):
    return {finding.thing: finding.symbol for finding in findings}


def test_all_is_well_here():
    assert set(symbols(doctor.examine()).values()) == {"✓"}
    assert doctor.odd_versions() == []


@pytest.mark.parametrize(
    ("versions", "thing", "symbol", "says"),
    [
        ({"numpy": None}, "numpy", "✗", "not installed"),
        ({"tensorflow": None}, "tensorflow", "!", "from lesson 03 on"),
        ({"keras": "2.15.0"}, "keras", "!", "older than 3.13"),
        ({"numpy": "1.26.4"}, "numpy", "!", "older than 2.0"),
    ],
)
def test_packages(monkeypatch, versions, thing, symbol, says):
    real = doctor.installed
    monkeypatch.setattr(doctor, "installed", lambda name: versions.get(name, real(name)))
    if thing in versions and versions[thing] is None:
        monkeypatch.setattr(doctor, "installed", lambda name: None if name == thing else real(name))
    (finding,) = [f for f in doctor.examine() if f.thing == thing]
    assert finding.symbol == symbol and says in finding.state and finding.mend
    assert "To mend it" in str(finding)


def test_python_memory_disk_data_and_home(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("MEDLEARN_HOME", str(tmp_path / "file" / "home"))
    monkeypatch.setattr(sys, "version_info", (3, 15, 0))
    monkeypatch.setattr(doctor, "memory_free", lambda: 0.3)
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 1e7}))
    monkeypatch.setattr(datasets, "verify", lambda: [("digits", False, "checksum differs")])
    found = {finding.thing: finding for finding in doctor.examine()}
    assert {k: v.symbol for k, v in found.items() if v.symbol != "✓"} == {
        "Python": "!", "memory": "!", "disk": "!", "data": "✗", "progress": "!",
    }  # fmt: skip
    assert "digits (checksum differs)" in found["data"].state


def test_two_tensorflows_overwrite_each_other(monkeypatch):
    monkeypatch.setattr(doctor, "_version", lambda name: "2.21.0")
    (finding,) = [f for f in doctor.odd_versions() if f.thing == "tensorflow"]
    assert "both tensorflow and tensorflow-cpu" in finding.state and "uninstall" in finding.mend


def test_what_was_tested_is_what_pyproject_says(root):
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    floors = dict(
        re.match(r"([\w-]+)>=([\d.]+)", line).groups()
        for line in project["dependencies"] + project["optional-dependencies"]["tf"]
    )
    floors.pop("tensorflow-cpu")
    assert doctor.oldest() == floors


def test_a_copy_that_was_not_installed_is_compared_with_nothing(monkeypatch):
    def requires(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "requires", requires)
    doctor.oldest.cache_clear()
    try:
        assert doctor.oldest() == {} and doctor.odd_versions() == []
    finally:
        doctor.oldest.cache_clear()


def test_a_look_that_fails_is_a_finding(monkeypatch):
    def broken():
        raise RuntimeError("no idea")

    monkeypatch.setattr(datasets, "verify", broken)
    (finding,) = [f for f in doctor.examine() if f.thing == "data"]
    assert finding.symbol == "!" and "RuntimeError: no idea" in finding.state


def test_setup_warns_and_goes_on(monkeypatch, capsys):
    monkeypatch.setattr(doctor, "installed", lambda name: "1.0" if name == "pandas" else None)
    medlearn.setup(seed=3)
    out = capsys.readouterr().out
    assert "! pandas: 1.0 is older" in out and out.endswith("medlearn is ready.\n")


def test_setup_seeds_twice_the_same(capsys):
    import random

    import numpy as np

    drawn = []
    for _ in range(2):
        medlearn.setup(seed=11)
        drawn.append((random.random(), np.random.rand()))
    assert drawn[0] == drawn[1]


def test_setup_without_tensorflow_says_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "keras", None)
    monkeypatch.setitem(sys.modules, "tensorflow", None)
    with pytest.raises(ImportError, match="make lab"):
        medlearn.setup(keras=True)
