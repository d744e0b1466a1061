"""The lessons where learners open them: on Colab, and on Binder.

Neither can be had in a test. Colab's stand-in is an environment with its Python and its libraries
(`colab.txt`), a module called `google.colab`, and the wheel of medlearn without the course beside
it. Binder's is what its builder, repo2docker, says it would do, and the image's Python with
`binder/postBuild` run in it.
"""

import concurrent.futures
import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import types
import urllib.request
from pathlib import Path

import machines
import psutil
import pytest
from filelock import FileLock
from jupyter_client import BlockingKernelClient
from machines import printed, run, said
from nbformat.v4 import new_code_cell

from medlearn import lessons, strict
from tools import execute

ROOT = Path(__file__).resolve().parents[1]
LESSONS = [lesson.path for lesson in lessons.find().values()]


def python_there():
    """Colab and Binder both have Python 3.13."""
    return machines.python(13) or sys.executable


def shared_folder(tmp_path_factory, name):
    """A folder that the parallel processes of one test run share."""
    base = tmp_path_factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    return base / name


def variables(folder):
    """The environment variables of a machine on which nobody has set anything up before."""
    ours = ("PYTHONPATH", "VIRTUAL_ENV", "MPLBACKEND", "TF_CPP_MIN_LOG_LEVEL")
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    own = ("MEDLEARN_HOME", "KERAS_HOME", "IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR")
    own += ("JUPYTER_RUNTIME_DIR", "MEDLEARN_DATA")
    folders = {name: str(folder / name.lower()) for name in own}
    return kept | folders | {strict.VARIABLE: "1"}  # and the lessons are checked there


# --- Colab -----------------------------------------------------------------------------------

# What the last cell tells: that the lesson ran where we think, on what Colab brings.
WHERE = r"""
import sys, medlearn, numpy, IPython, ipywidgets
print("google.colab" in sys.modules, medlearn.__file__, numpy.__version__,
      IPython.__version__, ipywidgets.__version__, sep="\n")
if "keras" in sys.modules:
    import keras, tensorflow
    print(keras.__version__, tensorflow.__version__, sep="\n")
"""


@pytest.fixture(scope="session")
def colab(tmp_path_factory):
    """A Python with Colab's libraries and the wheel of medlearn; built once for all processes."""
    base = shared_folder(tmp_path_factory, "colab")
    with FileLock(str(base) + ".lock"):
        if not (base / "built").exists():
            shutil.rmtree(base, ignore_errors=True)  # another process may have failed half-way
            base.mkdir()
            pins = machines.colab_pins().values()
            python = machines.new_environment(base / "venv", python_there(), *pins)
            site = machines.site_packages(python)
            machines.add_google_colab(site)
            run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", base, cwd=ROOT)
            (wheel,) = base.glob("*.whl")
            run(python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", wheel)
            (base / "built").write_text(json.dumps([str(python), str(site)]))
    python, site = map(Path, json.loads((base / "built").read_text()))
    return types.SimpleNamespace(python=python, site=site)


def files(site):
    """Size and time of each file that pip has installed, but of those that lessons may add."""
    added = ("__pycache__", "keras_tuner", "fairlearn", "narwhals")  # lessons 06 and 17
    found = {}
    for folder, inner, names in os.walk(site):
        inner[:] = [d for d in inner if not d.startswith(added)]
        for name in names:
            path = os.path.join(folder, name)
            status = os.stat(path)
            found[os.path.relpath(path, site)] = (status.st_size, status.st_mtime_ns)
    return found


def shown(notebook):
    """What each code cell writes, but for numbers that may differ, and how many pictures.

    Left out are the cells of which a learner's answers change the output.
    """
    found = {}
    for index, cell in enumerate(notebook.cells):
        answered = lessons.tagged(cell, "exercise") or lessons.tagged(cell, "check")
        if cell.cell_type != "code" or "nbval-ignore-output" in lessons.tags_of(cell):
            continue
        if answered or cell.source.startswith("medlearn.progress("):
            continue
        if "setup" in lessons.tags_of(cell):  # there it says more
            continue
        data = [output.get("data", {}) for output in cell.outputs]
        found[index] = (said(cell), sum("image/png" in each for each in data))
    return found


def complaints(notebook):
    """What a reader would see as an error or in a red box, under a cell or inside a widget."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    widgets = notebook.metadata.get("widgets", {}).values()
    for model in (m for saved in widgets for m in saved.get("state", {}).values()):
        outputs += model["state"].get("outputs", [])
    red = [o for o in outputs if o["output_type"] == "error" or o.get("name") == "stderr"]
    return ["\n".join(o.get("traceback", [])) or o["text"] for o in red]


def anchors(text):
    """The places of a Markdown page that a link may name: on GitHub, and in JupyterLab.

    JupyterLab keeps capitals and punctuation, and knows an `id` that is written out.
    """
    headings = re.findall(r"(?m)^#+ (.+)$", re.sub(r"(?ms)^```.*?^```", "", text))
    written = set(re.findall(r'<a id="([^"]+)">', text))
    github = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    lab = {heading.replace(" ", "-") for heading in headings}
    return github | written, lab | written


@pytest.mark.parametrize("folder", ["notebooks", "work"])
@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_links_of_a_lesson_lead_somewhere(path, folder):
    """From the course's lesson, and from a learner's copy in work/, on GitHub and in JupyterLab.

    On Colab the notebook stands alone, and `medlearn.setup` prints whole addresses.
    """
    texts = [cell.source for cell in execute.read(path).cells if cell.cell_type == "markdown"]
    links = re.findall(r"\]\(([^)\s]+)|\b(?:src|href)=[\"']([^\"']+)", "\n".join(texts))
    links = [markdown or html for markdown, html in links]
    near = [link for link in links if not link.startswith(("https://", "#"))]
    assert links and near
    for link in near:
        file, _, anchor = link.partition("#")
        target = Path(os.path.normpath(ROOT / folder / file))
        if target.parent.name == "work":  # where a copy of each lesson lies
            target = ROOT / "notebooks" / target.name
        assert target.is_file() and target.is_relative_to(ROOT), link
        if anchor:
            github, lab = anchors(target.read_text("utf-8"))
            assert anchor in github and anchor in lab, link


@pytest.mark.long
@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_solved_lesson_runs_as_on_colab(colab, path, tmp_path):
    """Whole, every answer filled in, alone in an empty folder; each check is content.

    It changes no library. What is quick runs twice, and says the same.
    (`make test` runs the lessons unsolved, with the learner's libraries.)
    """
    committed = execute.read(path)
    notebook = execute.solve(committed)
    (setup,) = [cell for cell in notebook.cells if "setup" in lessons.tags_of(cell)]
    where = new_code_cell(WHERE)
    notebook.cells.append(where)
    content = tmp_path / "content"
    content.mkdir()
    before = files(colab.site)
    seconds, megabytes, twice = machines.execute(
        notebook, colab.python, content, variables(tmp_path)
    )
    print(f"{path.stem:30} {seconds:5.1f} s {megabytes:5.0f} MB, {twice.spent:5.1f} s again")

    ready, *addresses = printed(setup).splitlines()
    assert ready == "medlearn is ready.", "a version of Colab counts as unsupported"
    assert all(": https://" in address for address in addresses) and len(addresses) >= 4
    assert complaints(notebook) == []
    assert not twice.problems, "\n\n".join(twice.problems)
    there, *found = printed(where).splitlines()
    assert there == "True" and Path(found.pop(0)).is_relative_to(colab.site)
    named = ("numpy", "ipython", "ipywidgets", "keras", "tensorflow")
    pins = [machines.colab_pins()[name].split("==")[1] for name in named]
    assert found == pins[: 5 if committed.metadata.medlearn.get("keras") else 3]
    notebook.cells.remove(where)
    assert shown(notebook) == shown(committed)
    stubs = {name for cell in notebook.cells if (name := lessons.tagged(cell, "exercise"))}
    answers = {
        name: said(cell) for cell in notebook.cells if (name := lessons.tagged(cell, "check"))
    }
    assert stubs and set(answers) == stubs
    assert {n: s for n, s in answers.items() if not re.match(r"[✓✎] (Right|Noted)", s)} == {}
    assert files(colab.site) == before, "the lesson changed a library"


# --- Binder ----------------------------------------------------------------------------------

MEMORY = 2000  # MB (2**20 bytes, as in the lessons' headers) of a session on mybinder.org
HEAVIEST = ("08_sequences_rnn_lstm", "05_evaluation")  # of the lessons, by their measured peaks


only_linux = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="Binder's images are Linux"
)


@pytest.fixture(scope="session")
def repo2docker(tmp_path_factory):
    """The Python of an environment with Binder's builder, which needs no engine to say its plan."""
    base = tmp_path_factory.mktemp("repo2docker")
    return machines.new_environment(base / "venv", python_there(), "jupyter-repo2docker")


@only_linux
@pytest.mark.long
def test_binder_would_build_what_we_think(repo2docker, tmp_path):
    """Binder's own plan for this repository: conda, Python 3.13, then postBuild; nothing else."""
    who = ["--user-id", "1000", "--user-name", "jovyan"]  # as mybinder.org builds
    tree = machines.working_tree(tmp_path / "course")
    plan = subprocess.run(
        [repo2docker, "-m", "repo2docker", "--no-build", "--debug", *who, tree],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert plan.returncode == 0, plan.stderr
    said = plan.stdout + plan.stderr
    assert "Building conda environment for python=3.13\n" in said
    assert re.findall(r"env update .*--file \"(.+?)\"", said) == ["binder/environment.yml"]
    assert re.findall(r"^RUN \./(\S+)", said, re.M) == ["binder/postBuild"]
    assert "USER ${NB_USER}\n" in said.split("RUN ./binder/postBuild")[0].rsplit("USER root", 1)[1]
    # The lock file and the environment.yml of the root are for others, and no pip runs but ours.
    assert "requirements" not in said and "pip install" not in said
    assert re.findall(r"COPY .* src/(\S*) ", said) == ["binder/environment.yml", ""]


def image_packages(repo2docker):
    """What the image has of Jupyter before postBuild runs, under pip's names."""
    where = "import repo2docker; print(repo2docker.__path__[0])"
    folder = Path(run(repo2docker, "-c", where).strip()) / "buildpacks" / "conda"
    wanted = (folder / "environment.py-3.13.yml").read_text()
    locked = (folder / "environment.py-3.13-linux-64.lock").read_text()
    return [
        f"{name.removesuffix('-singleuser')}=={re.search(rf'/{name}-([0-9.]+)-', locked)[1]}"
        for name in re.findall(r"^- ([\w-]+)==", wanted, re.M)
    ]


def post_build(clone, python, folder):
    """Run binder/postBuild with the image's Python first on the path; returns what it printed."""
    path = os.pathsep.join([str(python.parent), os.environ["PATH"]])
    return run("./binder/postBuild", cwd=clone, env=variables(folder) | {"PATH": path})


class Server:
    """The image's Jupyter server, with the kernels that it has started."""

    def __init__(self, python, clone, folder):
        self.variables = variables(folder)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        # What the image starts (its last line), told where to listen.
        command = [python.parent / "jupyter", "notebook", "--no-browser", "--allow-root"]
        command += ["--ip=127.0.0.1", f"--port={port}", "--IdentityProvider.token=token"]
        with open(folder / "server.log", "w") as log:
            self.process = subprocess.Popen(
                command, cwd=clone, env=self.variables, stdout=log, stderr=subprocess.STDOUT
            )
        self.tree = psutil.Process(self.process.pid)

    def ask(self, path, content=None):
        """What the server answers to GET, or to POST when there is content."""
        body = None if content is None else json.dumps(content).encode()
        headers = {"Authorization": "token token"}
        request = urllib.request.Request(f"{self.address}/{path}", body, headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read().decode()

    def wait(self, seconds=60):
        """Until the server answers."""
        until = time.monotonic() + seconds
        while True:
            try:
                return self.ask("api/status")
            except OSError:
                assert self.process.poll() is None and time.monotonic() < until, (
                    "the server does not start"
                )
                time.sleep(0.2)

    def run_lesson(self, notebook):
        """Run each code cell in a kernel of the server, which goes on; returns its peak in MB."""
        kernel = json.loads(self.ask("api/kernels", {"name": "python3", "path": "work"}))["id"]
        runtime = Path(self.variables["JUPYTER_RUNTIME_DIR"])
        client = BlockingKernelClient(connection_file=str(runtime / f"kernel-{kernel}.json"))
        client.load_connection_file()
        client.start_channels()
        said = []
        try:
            client.wait_for_ready(timeout=60)
            cells = [c.source for c in notebook.cells if c.cell_type == "code"]
            for source in [*cells, execute.PEAK_PROBE]:
                said.clear()
                answer = client.execute_interactive(
                    source,
                    allow_stdin=False,
                    timeout=execute.CELL_TIMEOUT,
                    output_hook=lambda message: said.append(message["content"].get("text", "")),
                )["content"]
                assert answer["status"] == "ok", "\n".join([source, *answer["traceback"]])
        finally:
            client.stop_channels()
        return float("".join(said))

    def megabytes(self):
        """Memory of the server and its kernels; what several of them share counts once."""
        total = 0
        for process in [self.tree, *self.tree.children(recursive=True)]:
            with contextlib.suppress(psutil.Error):
                total += process.memory_full_info().pss
        return total / 2**20

    def close(self):
        """End the server and every kernel of it."""
        family = [*self.tree.children(recursive=True), self.tree]
        self.process.terminate()
        _, alive = psutil.wait_procs(family, timeout=20)
        for process in alive:
            process.kill()


@only_linux
@pytest.mark.long
def test_postbuild_and_two_lessons_at_once_as_on_binder(repo2docker, tmp_path):
    """postBuild works on the image's Python, twice; two heavy lessons fit into a session."""
    clone = machines.working_tree(tmp_path / "course")
    python = machines.new_environment(
        tmp_path / "image", python_there(), *image_packages(repo2docker)
    )
    began = time.perf_counter()
    said = post_build(clone, python, tmp_path)
    print(f"postBuild {time.perf_counter() - began:.0f} s")
    assert said.endswith("✓ All is well.\n"), said[-2000:]
    script = (clone / "binder" / "postBuild").read_text("utf-8")
    (unneeded,) = re.findall(r"pip uninstall --yes (.+)$", script, re.M)
    assert [name for name in unneeded.split() if f"uninstalled {name}-" not in said] == []
    copies = sorted(path.name for path in (clone / "work").glob("*.ipynb"))
    assert copies == [path.name for path in LESSONS]

    # A second time, after a learner has written something: nothing of it is lost.
    (clone / "work" / LESSONS[0].name).write_text("{}")
    assert post_build(clone, python, tmp_path).endswith("✓ All is well.\n")
    assert (clone / "work" / LESSONS[0].name).read_text() == "{}"

    server = Server(python, clone, tmp_path)
    try:
        server.wait()
        page = server.ask(f"lab/tree/work/{LESSONS[1].name}")
        assert "<title>JupyterLab</title>" in page
        assert "@jupyterlab/apputils-extension:announcements" in page, "a question about news comes"
        alone = server.megabytes()
        notebooks = [execute.read(clone / "work" / f"{stem}.ipynb") for stem in HEAVIEST]
        together = 0
        with concurrent.futures.ThreadPoolExecutor() as pool:
            runs = [pool.submit(server.run_lesson, notebook) for notebook in notebooks]
            while not all(each.done() for each in runs):
                together = max(together, server.megabytes())
                time.sleep(0.25)
        kernels = [each.result() for each in runs]
    finally:
        server.close()
    peaks = ", ".join(f"{stem} {peak:.0f}" for stem, peak in zip(HEAVIEST, kernels, strict=True))
    print(f"server alone {alone:.0f} MB; kernels: {peaks} MB; all together {together:.0f} MB")
    assert max(kernels) < MEMORY / 2
    assert alone < together < MEMORY
