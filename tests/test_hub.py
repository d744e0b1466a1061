"""A hub for a class: made and started here, on loopback; ten learners run lesson 01 at once."""

import concurrent.futures
import contextlib
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path

import psutil
import pytest
from test_grading import write

from medlearn import lessons
from medlearn_classroom import ClassroomError
from medlearn_classroom.hub import build
from medlearn_classroom.marking import guard

ROOT = Path(__file__).resolve().parents[1]
posix = pytest.mark.skipif(os.name == "nt", reason="JupyterHub does not run on Windows")
LEARNERS = [f"learner{n:02d}" for n in range(1, 11)]


def test_codes_stay_and_are_hard_to_guess():
    first = build.codes(LEARNERS, {})
    assert len(set(first.values())) == 10
    assert all(
        re.fullmatch(r"[a-hj-km-np-z2-9]{4}(-[a-hj-km-np-z2-9]{4}){2}", c) for c in first.values()
    )
    later = build.codes([*LEARNERS, "new"], first)
    assert {name: later[name] for name in LEARNERS} == first and "new" in later


def test_names_for_the_login_come_from_the_list(tmp_path):
    file = write(tmp_path / "class.csv", "id,name\nAB12,Ada\ncd34,Bob\n")
    assert build.people_of(str(file), 30) == ["ab12", "cd34"]
    assert build.people_of(None, 2) == ["learner01", "learner02"]


@posix
def test_what_a_hub_lacks_is_named(tmp_path, monkeypatch):
    with pytest.raises(ClassroomError, match="Nobody is named"):
        build.make(tmp_path / "hub", people=[])
    with pytest.raises(ClassroomError, match=r"'Ada B', '\.\.': take small letters"):
        build.make(tmp_path / "hub", people=["Ada B", "..", "bob"])
    write(tmp_path / "full" / "mine.txt", "mine")
    with pytest.raises(ClassroomError, match="is not empty, and no hub"):
        build.make(tmp_path / "full", people=["ada"])
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(ClassroomError, match=r"needs Node\.js with npm"):
        build.make(tmp_path / "hub", people=["ada"])
    assert not (tmp_path / "hub").exists()


# --- a class ------------------------------------------------------------------------------------


class Learner:
    """A browser of one learner, as far as it needs one."""

    def __init__(self, address, name, code):
        self.address, self.name = address, name
        self.jar = CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))
        page = self.get("/hub/login")
        token = re.search(r'name="_xsrf" value="([^"]+)"', page)[1]
        form = {"username": name, "password": code, "_xsrf": token}
        self.get("/hub/login?next=%2Fhub%2Fhome", urllib.parse.urlencode(form).encode())

    def get(self, path, body=None, method=None, **headers):
        request = urllib.request.Request(self.address + path, body, headers, method=method)
        with self.opener.open(request, timeout=120) as answer:
            return answer.read().decode("utf-8", "replace")

    def cookies(self, path):
        request = urllib.request.Request(self.address + path)
        self.jar.add_cookie_header(request)
        return request.get_header("Cookie", "")

    def xsrf(self, path):
        return next(c.value for c in self.jar if c.name == "_xsrf" and path.startswith(c.path))

    def spawn(self):
        self.get(f"/hub/spawn/{self.name}")
        until = time.monotonic() + 180
        while True:
            # Until it is there, the hub's own page says so.
            with contextlib.suppress(urllib.error.HTTPError):
                if "jupyter-config-data" in self.get(f"/user/{self.name}/lab"):
                    return
            assert time.monotonic() < until, f"the server of {self.name} did not start"
            time.sleep(0.5)

    def run(self, cells):
        """Run cells in a kernel of the learner's; what they print, and the errors."""
        import websocket

        base = f"/user/{self.name}"
        header = {"X-XSRFToken": self.xsrf(f"{base}/")}
        kernel = json.loads(self.get(f"{base}/api/kernels", b'{"path": "work/01.ipynb"}', **header))
        url = f"{self.address.replace('http', 'ws')}{base}/api/kernels/{kernel['id']}/channels"
        line = websocket.create_connection(url, timeout=300, cookie=self.cookies(f"{base}/"))
        printed, errors = [], []
        for source in cells:
            message = secrets.token_hex(8)
            head = {
                "msg_id": message,
                "msg_type": "execute_request",
                "username": "",
                "session": "s",
            }
            head |= {"version": "5.3", "date": "2026-01-01T00:00:00Z"}
            content = {
                "code": source,
                "silent": False,
                "store_history": True,
                "stop_on_error": False,
            }
            content |= {"allow_stdin": False, "user_expressions": {}}
            parts = {"header": head, "parent_header": {}, "metadata": {}, "content": content}
            line.send(json.dumps({**parts, "channel": "shell", "buffers": []}))
            while True:
                got = line.recv()
                if isinstance(got, bytes):  # a picture of a widget: nothing to read here
                    continue
                said = json.loads(got)
                if said["parent_header"].get("msg_id") != message:
                    continue
                if said["msg_type"] == "stream":
                    printed.append(said["content"]["text"])
                if said["msg_type"] == "error":
                    errors.append(f"{said['content']['ename']}: {said['content']['evalue']}")
                if (said["msg_type"], said["content"].get("execution_state")) == ("status", "idle"):
                    break
        line.close()
        return "".join(printed), errors


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    if os.name == "nt" or not shutil.which("npm"):
        pytest.skip("a hub needs Linux or macOS, and npm")
    pytest.importorskip("websocket")
    folder = tmp_path_factory.mktemp("hub") / "class"
    try:
        lines = build.make(folder, people=LEARNERS)
    except ClassroomError as error:
        if "network" in str(error):
            pytest.skip(str(error)[-300:])
        raise
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    start = "from medlearn_classroom.hub import build; import sys; build.start(*sys.argv[1:2], "
    start += "address=sys.argv[2])"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    log = (folder / "private" / "log.txt").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-c", start, str(folder), address],
        env=environment,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    until = time.monotonic() + 120
    while True:
        try:
            urllib.request.urlopen(f"{address}/hub/health", timeout=5)
            break
        except OSError:
            said = (folder / "private" / "log.txt").read_text("utf-8", "replace")
            assert process.poll() is None and time.monotonic() < until, said[-3000:]
            time.sleep(0.5)
    yield folder, address, lines, process
    everybody = [*psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)]
    for one in everybody:
        one.terminate()
    _gone, alive = psutil.wait_procs(everybody, timeout=20)
    for one in alive:
        one.kill()


def used(process):
    """Megabytes of a process and all below it, what they share counted once, and its processes."""
    below = psutil.Process(process.pid).children(recursive=True)
    total = 0
    for one in below:
        with contextlib.suppress(psutil.Error, AttributeError):
            total += one.memory_full_info().pss
    return total / 2**20, len(below)


@pytest.mark.long
def test_ten_learners_run_lesson_01_at_once(hub, capsys):
    folder, address, lines, process = hub
    codes = build._read_codes(folder / "private" / "codes.csv")
    assert lines[0].startswith("✓ A hub for 10 learners")
    assert (folder / "private").stat().st_mode & 0o077 == 0

    with pytest.raises(urllib.error.HTTPError, match="403"):
        Learner(address, LEARNERS[0], codes[LEARNERS[1]])  # somebody else's code
    cells = [
        lessons.text_of(cell)
        for cell in lessons.find()["01"].notebook["cells"]
        if cell["cell_type"] == "code"
    ]
    begun = time.monotonic()

    def whole(name):
        learner = Learner(address, name, codes[name])
        learner.spawn()
        there = time.monotonic() - begun
        said, errors = learner.run(cells)
        return learner, said, errors, there, time.monotonic() - begun

    with concurrent.futures.ThreadPoolExecutor(len(LEARNERS)) as pool:
        running = [pool.submit(whole, name) for name in LEARNERS]
        most, processes = 0.0, 0
        while not all(one.done() for one in running):
            memory, count = used(process)
            most, processes = max(most, memory), max(processes, count)
            time.sleep(1)
        done = [one.result() for one in running]
    for _learner, said, errors, _there, _end in done:
        assert errors == [] and "medlearn is ready." in said
    assert len({said for _l, said, *_rest in done}) == 1, "everybody sees the same"
    with capsys.disabled():
        there, ended = (max(one[n] for one in done) for n in (3, 4))
        print(
            f"\nhub: {len(done)} learners; last server after {there:.0f} s, last lesson after "
            f"{ended:.0f} s, {most:.0f} MB and {processes} processes at most"
        )
    assert sorted(path.name for path in (folder / "learners").iterdir()) == LEARNERS
    assert (folder / "learners/learner01/work/01_neurons_and_activations.ipynb").exists()

    if guard.means() == "landlock":
        learner = done[0][0]
        other = folder / "learners/learner02/work/01_neurons_and_activations.ipynb"
        probes = [
            f"open({str(other)!r}).read()",
            f"open({str(folder / 'private/codes.csv')!r}).read()",
            f"open({str(ROOT / 'README.md')!r}, 'a')",
            f"open({str(folder / 'private/hub.sqlite')!r}, 'rb').read()",
            "open('mine.txt', 'w').write('x')",
        ]
        _said, errors = learner.run(probes)
        assert [error.partition(":")[0] for error in errors] == ["PermissionError"] * 4
