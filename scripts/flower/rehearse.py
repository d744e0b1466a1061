"""Run the Flower app on this machine, each hospital a process of its own, and compare.

    work/flower/bin/python scripts/flower/rehearse.py

It starts Flower's coordinator and four hospitals over loopback, runs the app, and prints how far
its model is from that of `medlearn.federation`. docs/federation_on_several_machines.md says how
the environment is made. It ends with 0, and with 1 after an error.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

try:
    import numpy as np

    from medlearn import federation
    from medlearn.language import _
except ImportError:
    # no text: without the course there are no translations
    sys.exit(
        f"{sys.executable} does not have the course. docs/federation_on_several_machines.md "
        "says how the environment for Flower is made."
    )

APP = Path(__file__).parent
LIMIT = 900  # seconds for the run; on two busy cores a round takes half a minute


class FlowerError(Exception):
    """What went wrong and what to do, for the person at the terminal."""


def command(name: str) -> str:
    """The path of one of Flower's commands, beside this Python.

    Raises
    ------
    FlowerError
        It is not there.
    """
    found = shutil.which(name, path=str(Path(sys.executable).parent))
    if found is None:
        raise FlowerError(
            _(
                "{python} does not have Flower's command {name}. "
                "docs/federation_on_several_machines.md says how its environment is made."
            ).format(python=sys.executable, name=name)
        )
    return found


def free_port() -> int:
    """A port of this machine that nobody uses now."""
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return line.getsockname()[1]


def start(stack: contextlib.ExitStack, log: Path, *words: str, env: dict[str, str]) -> None:
    """Start a process that is asked to end with the stack, and killed if it does not."""
    out = stack.enter_context(log.open("wb"))
    process = subprocess.Popen(words, stdout=out, stderr=out, env=env)

    def end() -> None:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    stack.callback(end)


def wait_until_heard(port: int, seconds: float = 60) -> None:
    """Return when somebody listens at this port of this machine.

    Raises
    ------
    FlowerError
        Nobody does.
    """
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.2)
    raise FlowerError(_("Flower's coordinator did not start in {s} seconds.").format(s=seconds))


def run(rounds: int, folder: Path) -> federation.model.Model:
    """Run the app on this machine and return its model; logs stay in the folder.

    Raises
    ------
    FlowerError
        Flower is not there, did not start, or gave no model.
    """
    names = ("flower-superlink", "flower-supernode", "flwr")
    superlink, supernode, flwr = map(command, names)
    port, result = free_port(), folder / "result.npz"
    env = os.environ | {
        "FLWR_HOME": str(folder),
        "FLWR_TELEMETRY_ENABLED": "0",  # on by default
        "FLWR_DISABLE_RUNTIME_DEPENDENCY_INSTALLATION": "1",  # else it installs while it runs
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
    }
    (folder / "config.toml").write_text(
        f'[superlink]\ndefault = "here"\n[superlink.here]\naddress = "127.0.0.1:{port}"\n'
        "insecure = true\n",
        encoding="utf-8",
    )
    with contextlib.ExitStack() as stack:
        log = folder / "coordinator.log"
        start(stack, log, superlink, "--insecure", "--port", str(port), env=env)
        wait_until_heard(port)
        for hospital in federation.HOSPITALS:
            words = ["--insecure", "--superlink", f"127.0.0.1:{port}", "--port", str(free_port())]
            words += ["--node-config", f'hospital="{hospital}"']
            start(stack, folder / f"{hospital}.log", supernode, *words, env=env)
        words = ["run", str(APP), "here", "--stream", "--run-config"]
        words += [f"rounds={rounds} result='{result.as_posix()}'"]  # no text: settings
        with contextlib.suppress(subprocess.TimeoutExpired):
            subprocess.run([flwr, *words], env=env, timeout=LIMIT, check=False)
    if not result.exists():
        raise FlowerError(
            _("Flower gave no model; its logs are in {folder}.").format(folder=folder)
        )
    with np.load(result) as found:
        return federation.model.Model(**found)


def main(argv: list[str] | None = None) -> int:
    """Run both, say how far they are apart, and return the exit status."""
    parser = argparse.ArgumentParser(description=_("Run the federation by Flower and compare."))
    parser.add_argument("--rounds", type=int, default=2, help=_("rounds (default: 2)"))
    rounds = parser.parse_args(argv).rounds
    folder = Path(tempfile.mkdtemp(prefix="medlearn-flower-"))
    try:
        by_flower = run(rounds, folder)
    except FlowerError as error:
        print(error, file=sys.stderr)
        return 1
    shutil.rmtree(folder, ignore_errors=True)
    ours = federation.rehearse(terms=federation.Terms(rounds=rounds)).result
    apart = np.abs(by_flower.weights - ours.weights).max()
    print(_("Flower: {weights}").format(weights=by_flower.weights.round(3)))
    print(_("medlearn: {weights}").format(weights=ours.weights.round(3)))
    print(_("Greatest difference: {apart:.1e}").format(apart=apart))
    return 0 if apart < 1e-9 else 1


if __name__ == "__main__":
    sys.exit(main())
