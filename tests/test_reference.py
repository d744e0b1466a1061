"""Second opinions from packages that the course's environment does not hold.

The values in ``reference/`` were printed by the script beside them; `make test-reference` computes
them again.
"""

import json
import sys

import numpy as np
import pytest

from medlearn import metrics
from tools import reference


def committed(name):
    return json.loads((reference.FOLDER / f"{name}.json").read_text("utf-8"))


def test_net_benefit_is_that_of_dcurves():
    values, n = committed("net_benefit"), np.arange(40)
    y, risk = (n % 3 == 0).astype(int), ((n * 7) % 40 + 0.5) / 40
    thresholds = values["thresholds"]
    np.testing.assert_allclose(metrics.net_benefit(y, risk, thresholds), values["risk"])
    np.testing.assert_allclose(metrics.net_benefit_all(y, thresholds), values["all"])


@pytest.mark.parametrize("name", reference.scripts())
def test_the_values_are_those_of_the_scripts_packages(name):
    pinned = dict(line.split("==") for line in reference.packages(reference.scripts()[name]))
    assert committed(name)["versions"] == pinned, "run: make test-reference ARGS=--write"


def test_each_value_has_its_script():
    assert {path.stem for path in reference.FOLDER.glob("*.json")} == set(reference.scripts())


@pytest.mark.parametrize("block", ["", '# dependencies = ["numpy>=2"]', "# dependencies = []"])
def test_a_script_without_pinned_packages_is_refused(tmp_path, block):
    script = tmp_path / "loose.py"
    script.write_text(f"# /// script\n{block}\n# ///\nprint('{{}}')\n" if block else "print('{}')")
    with pytest.raises(reference.ReferenceFailed, match=r"loose.py: expected .* NAME==VERSION"):
        reference.packages(script)


def test_the_command_tells_what_differs(monkeypatch, capsys, tmp_path):
    found = committed("net_benefit")
    monkeypatch.setattr(reference, "compute", lambda script: found)
    assert reference.main(["net_benefit"]) == 0
    found["risk"][2] += 0.01
    assert reference.main(["net_benefit"]) == 1
    assert "✗ net_benefit\nrisk/2: 0.05" in capsys.readouterr().out
    monkeypatch.setattr(reference, "FOLDER", tmp_path)
    monkeypatch.setattr(reference, "ROOT", tmp_path)
    monkeypatch.setattr(reference, "scripts", lambda: {"net_benefit": tmp_path / "net_benefit.py"})
    assert reference.main(["--write"]) == 0
    assert committed("net_benefit") == found


def test_a_script_runs_with_a_python_that_it_can_use(tmp_path):
    script = tmp_path / "new.py"
    for least in ("3.10", f"3.{sys.version_info[1]}"):
        script.write_text(f'# /// script\n# requires-python = ">={least}"\n# ///\n')
        assert reference.interpreter(script) == sys.executable
    script.write_text('# /// script\n# requires-python = ">=3.99"\n# ///\n')
    with pytest.raises(reference.ReferenceFailed, match=r"new\.py needs Python 3\.99 or newer"):
        reference.interpreter(script)


def test_a_script_that_fails_is_named(monkeypatch, capsys):
    def fail(script):
        raise reference.ReferenceFailed(f"{script.name}: no such package")

    monkeypatch.setattr(reference, "compute", fail)
    assert reference.main([]) == 1
    assert "net_benefit.py: no such package" in capsys.readouterr().err
