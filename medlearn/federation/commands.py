"""``python -m medlearn federation``: one command for the teacher, one for each laptop."""

from __future__ import annotations

import argparse
import functools
import ipaddress
import shlex

from medlearn.arguments import Add, count, port
from medlearn.language import _

__all__ = ["add", "invitation"]

PORT = 16016
_say = functools.partial(print, flush=True)  # while others wait for it
_FEW = 10  # so many of each kind a ranking needs at least


def _lead(options: argparse.Namespace) -> int:
    from medlearn.federation import Coordinator, Terms

    terms = Terms(rounds=options.rounds, steps=options.steps)
    settings = {"key": options.key} if options.key is not None else {}
    with Coordinator(
        host=options.host,
        port=options.port,
        hospitals=options.hospitals,
        quorum=min(options.quorum, options.hospitals),
        gather=options.gather,
        wait=options.wait,
        pause=options.pause,
        blind=options.blind,
        terms=terms,
        tell=_say,
        **settings,
    ) as lead:
        for line in invitation(lead.host, lead.port, lead.key):
            _say(line)
        result = lead.run()
    _report(result, options.table)
    return 0


def invitation(host: str, port: int, key: str) -> list[str]:
    """What the teacher shows: who can hear it, and the line for the laptops.

    Examples
    --------
    >>> print(invitation("10.0.0.7", 16016, "sesame")[2].strip())
    python -m medlearn federation join 10.0.0.7 --port 16016 --key sesame --hospital "Long Beach"
    """
    from medlearn.federation.hospital import HOSPITALS

    shown = host
    if _is(host, "is_loopback"):
        heard = _("Heard on this machine only. Other laptops need --host and this one's address.")
    elif _is(host, "is_unspecified"):
        shown = "ADDRESS"
        heard = _(
            "Heard in every network that this machine is in. Write its address for ADDRESS. "
            "Whoever is there and knows the key can join; nothing is encrypted."
        )
    else:
        heard = _(
            "Heard in the network of this address. Whoever is there and knows the key can join; "
            "nothing is encrypted."
        )
    # no text: a command
    command = f"python -m medlearn federation join {shown} --port {port} --key {shlex.quote(key)}"
    names = ", ".join(f'"{name}"' for name in HOSPITALS)
    return [
        heard,
        _("On each laptop, in the folder of the course:"),
        f'    {command} --hospital "{HOSPITALS[-1]}"',
        _("The hospitals: {names}. The key is {key}.").format(names=names, key=key),
    ]


def _is(host: str, what: str) -> bool:
    if host == "localhost":
        host = "127.0.0.1"
    try:
        return getattr(ipaddress.ip_address(host or "0.0.0.0"), what)
    except ValueError:  # a name
        return False


def _report(result, table: str | None) -> None:
    from medlearn.federation.hospital import COLUMNS

    _say(_("✓ Done. The model, for one standard deviation more of each:"))
    for column, weight in zip(("intercept", *COLUMNS), result.weights, strict=True):
        _say(f"  {column:<18} {weight:+.2f}")
    if table:
        result.table().to_csv(table, index=False)
        _say(_("Every round and hospital: {file}").format(file=table))


def _join(options: argparse.Namespace) -> int:
    from medlearn.federation import heart_hospital, join

    learn, kept = heart_hospital(options.hospital)
    said = _("{name}: {n} patients to learn from, {kept} kept aside. Waiting for the others.")
    _say(said.format(name=learn.name, n=len(learn.y), kept=len(kept.y)))
    learned = join(learn, options.host, options.port, options.key, fault=options.fault, tell=_say)
    _say(_("✓ Done. The shared model is here."))
    healthy = int((kept.y == 0).sum())
    if min(healthy, len(kept.y) - healthy) < _FEW:
        said = _(
            "Of the patients kept aside, {healthy} had no narrowed artery: too few for an AUC."
        )
        _say(said.format(healthy=healthy))
        return 0
    from medlearn import metrics
    from medlearn.federation.hospital import learn_alone

    own = learn_alone(learn, learned.terms).risk(kept.X)
    found = metrics.delong(kept.y, learned.risk(kept.X), own)
    _say(
        _(
            "AUC among the {n} patients kept aside: {shared:.2f}; your own model: {own:.2f}. "
            "Difference {difference:+.2f} [{low:+.2f}, {high:+.2f}]."
        ).format(
            n=len(kept.y),
            shared=found.first,
            own=found.second,
            difference=found.difference,
            low=found.low,
            high=found.high,
        )
    )
    return 0


def _rehearse(options: argparse.Namespace) -> int:
    from medlearn.federation import Terms, rehearse
    from medlearn.federation.hospital import HOSPITALS

    done = rehearse(
        faults={options.hospital: options.fault} if options.fault else None,
        terms=Terms(rounds=options.rounds),
        wait=options.wait,
        tell=_say,
    )
    for name in HOSPITALS:
        last = done.said[name].strip().splitlines()[-1:]
        _say(f"{name}: {' '.join(last)}")
    _report(done.result, options.table)
    return 0


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 86_400:
        raise argparse.ArgumentTypeError(
            _("{text!r} is no number of seconds above zero").format(text=text)
        )
    return seconds


def _key(text: str) -> str:
    if not text:
        raise argparse.ArgumentTypeError(_("the key is empty"))
    return text


def add(commands: argparse._SubParsersAction, command: Add) -> None:
    """Add the command to those of the course.

    Parameters
    ----------
    commands : argparse's subparsers
    command : medlearn.arguments.Add
    """
    # no text: ids; they are checked when they are used, so that the parser needs no NumPy
    faults = "zeros, shape, late, leave"
    federation = commands.add_parser(
        "federation", help=_("train one model on many laptops, each of them a hospital")
    )
    actions = federation.add_subparsers(title=_("commands"), metavar="COMMAND", required=True)

    lead = command(actions, "lead", _lead, _("lead a federation, for the teacher"))
    lead.add_argument(
        "--host",
        default="127.0.0.1",
        help=_("this machine's address in the network (default: 127.0.0.1, this machine only)"),
    )
    lead.add_argument("--port", type=port, default=PORT, help=_("default: 16016"))
    lead.add_argument("--key", type=_key, help=_("default: a new one"))
    lead.add_argument("--hospitals", type=count, default=4, help=_("begin with so many"))
    lead.add_argument(
        "--quorum", type=count, default=2, help=_("so many must answer in each round (default: 2)")
    )
    lead.add_argument("--rounds", type=count, default=30, help=_("default: 30"))
    lead.add_argument("--steps", type=count, default=5, help=_("in each round (default: 5)"))
    lead.add_argument(
        "--gather", type=_seconds, default=300.0, help=_("seconds to wait for hospitals")
    )
    lead.add_argument("--wait", type=_seconds, default=10.0, help=_("seconds a round waits"))
    lead.add_argument(
        "--pause", type=_seconds, default=1.0, help=_("seconds between rounds (default: 1)")
    )
    lead.add_argument(
        "--blind", action="store_true", help=_("do not say who is far from the others")
    )
    lead.add_argument("--table", metavar="FILE", help=_("write who answered how, as CSV"))

    join = command(actions, "join", _join, _("be one hospital of a federation"))
    join.add_argument("host", metavar="HOST", help=_("the address that the teacher shows"))
    join.add_argument("--port", type=port, default=PORT, help=_("default: 16016"))
    join.add_argument("--key", type=_key, required=True, help=_("the key that the teacher shows"))
    join.add_argument("--hospital", required=True, metavar="NAME", help=_("whose patients"))
    join.add_argument(
        "--fault",
        metavar="FAULT",
        help=_("do wrong on purpose, from the third round on: {faults}").format(faults=faults),
    )

    run = command(actions, "rehearse", _rehearse, _("run a federation of four on this machine"))
    run.add_argument("--rounds", type=count, default=30, help=_("default: 30"))
    run.add_argument("--wait", type=_seconds, default=10.0, help=_("seconds a round waits"))
    run.add_argument(
        "--fault", metavar="FAULT", help=_("one does this wrong: {faults}").format(faults=faults)
    )
    # no text: a name
    run.add_argument(
        "--hospital", default="Long Beach", metavar="NAME", help=_("which one (Long Beach)")
    )
    run.add_argument("--table", metavar="FILE", help=_("write who answered how, as CSV"))
