"""What JupyterHub reads in a hub's folder. It is in no language."""

__all__ = ["CONFIG"]

# no text: a file that JupyterHub reads
CONFIG = '''\
"""The hub of a class, made by `python -m medlearn classroom hub`. Change it, and start it again.

Everybody's server runs under the account that runs the hub. On Linux (Landlock) each is locked in:
it can change files in its learner's folder only, and read no other learner's, nor this folder.
"""

import asyncio
import csv
import os
import secrets
import subprocess
import sys
from pathlib import Path

from jupyterhub.auth import Authenticator
from jupyterhub.spawner import SimpleLocalProcessSpawner

here = Path(__file__).resolve().parent  # holds passwords: hidden from the learners
hub = here.parent
course, python = Path({course!r}), {python!r}
sys.path.append(str(course))
from medlearn_classroom.marking import guard  # noqa: E402

c = get_config()  # noqa: F821  (JupyterHub defines it)


def codes():
    with open(here / "codes.csv", encoding="utf-8-sig", newline="") as stream:
        return {{row["id"]: row["code"] for row in csv.DictReader(stream)}}


class Codes(Authenticator):
    """Each learner has a code of their own: those of codes.csv, read anew at each login."""

    async def authenticate(self, handler, data):
        code = codes().get(data["username"])
        given = data["password"].encode()
        known = code is not None and secrets.compare_digest(code.encode(), given)
        return data["username"] if known else None


class LockedIn(SimpleLocalProcessSpawner):
    """A server in a folder of the learner's, which holds copies of the lessons."""

    home_dir_template = str(hub / "learners" / "{{username}}")

    async def start(self):
        home = Path(self.home_dir)
        await asyncio.to_thread(self.furnish, home)
        hidden = [str(here), str(hub / "learners")]
        self.cmd = guard.command(str(home), [str(hub / "env/bin/jupyterhub-singleuser")], hidden)
        return await super().start()

    def furnish(self, home):
        (home / "work").mkdir(parents=True, exist_ok=True)
        for name in ("data", "teaching", "notebooks"):  # the lessons' links lead there
            if not (home / name).exists():
                (home / name).symlink_to(course / name)
        copy = "import sys; from pathlib import Path; from medlearn.lab import copy_lessons; "
        copy += "copy_lessons(work=Path(sys.argv[1]))"
        environment = {{**os.environ, "PYTHONPATH": str(course)}}
        subprocess.run([python, "-c", copy, home / "work"], check=True, env=environment)

    def get_env(self):
        home = Path(self.home_dir)
        (home / ".tmp").mkdir(exist_ok=True)
        return {{
            **super().get_env(),
            "TMPDIR": str(home / ".tmp"),
            "MEDLEARN_HOME": str(home / ".medlearn"),
            "JUPYTER_CONFIG_PATH": str(course / "medlearn" / "jupyter"),
            "JUPYTER_PREFER_ENV_PATH": "1",
        }}


c.JupyterHub.authenticator_class = Codes
c.Authenticator.allow_all = True  # who has a code
c.JupyterHub.spawner_class = LockedIn
c.Spawner.default_url = "/lab/tree/work/00_start_here.ipynb"
# A terminal would need devices that a locked-in server may not open.
c.Spawner.args = ["--ServerApp.terminals_enabled=False", *{root!r}]
c.Spawner.http_timeout = c.Spawner.start_timeout = 120
c.JupyterHub.active_server_limit = 40
c.JupyterHub.bind_url = os.environ.get("MEDLEARN_HUB", "http://127.0.0.1:8000")
c.JupyterHub.db_url = f"sqlite:///{{here / 'hub.sqlite'}}"
c.JupyterHub.cookie_secret_file = str(here / "cookie_secret")
c.ConfigurableHTTPProxy.command = [str(hub / "proxy/node_modules/.bin/configurable-http-proxy")]
c.ConfigurableHTTPProxy.pid_file = str(here / "proxy.pid")

# Who leaves a server alone for an hour loses its kernels, and no file.
c.JupyterHub.services = [
    {{
        "name": "cull-idle",
        "command": [sys.executable, "-m", "jupyterhub_idle_culler", "--timeout=3600"],
    }}
]
c.JupyterHub.load_roles = [
    {{
        "name": "cull-idle",
        "services": ["cull-idle"],
        "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
    }}
]
'''
