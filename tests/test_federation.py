"""A federation over real processes: what comes out, and what is done about each fault."""

import pickle
import socket
import struct
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, contextmanager

import laptops
import numpy as np
import pytest

from medlearn import federation
from medlearn.__main__ import main
from medlearn.federation import FederationError, Refused, Terms, coordinator, hospital, model, wire
from medlearn.federation.wire import Message, Why

NAMES = ("Ulm", "Bern", "Ghent", "Aarhus")
PATIENTS = {name: laptops.patients(name) for name in NAMES}


@contextmanager
def a_class(names=NAMES, faults=None, **settings):
    """A coordinator and its laptops, which are ended whatever happens."""
    settings = {"hospitals": len(names), "gather": 30.0, "wait": 5.0} | settings
    settings = {"terms": Terms(rounds=6)} | settings
    with ExitStack() as stack:
        lead = federation.Coordinator("sesame", columns=laptops.COLUMNS, **settings)
        stack.enter_context(lead)
        started = {}
        for name in names:
            started[name] = laptops.start(lead, name, (faults or {}).get(name, ""))
            stack.callback(end, started[name])
        yield lead, started


def end(process):
    process.kill()
    process.communicate()


def last_words(process):
    said, _nothing = process.communicate(timeout=20)
    return process.returncode, said.strip()


def let_in(lead, n):
    while len(lead._members) < n:
        lead._let_in(0.2)


def statuses(result, name):
    return [r.status.get(name) for r in result.rounds]


# ---- what comes out ------------------------------------------------------------------------


def pooled(terms):
    """Gradient descent as if all patients lay in one place."""
    X = np.concatenate([X for X, _y in PATIENTS.values()])
    y = np.concatenate([y for _X, y in PATIENTS.values()])
    Z = (X - np.nanmean(X, axis=0)) / np.nanstd(X, axis=0)
    Z, weights = np.where(np.isnan(Z), 0, Z), np.zeros(4)
    for _step in range(terms.rounds * terms.steps):
        p = 1 / (1 + np.exp(-(weights[0] + Z @ weights[1:])))
        slope = np.r_[(p - y).mean(), Z.T @ (p - y) / len(y) + terms.penalty * weights[1:]]
        weights = weights - terms.rate * slope
    return weights


def test_one_step_a_round_is_gradient_descent_on_all_patients_together():
    terms = Terms(rounds=40, steps=1)
    with a_class(terms=terms) as (lead, processes):
        result = lead.run()
        np.testing.assert_allclose(result.weights, pooled(terms), rtol=0, atol=1e-12)
        for process in processes.values():  # all have the same model
            code, said = last_words(process)
            assert code == 0 and said == " ".join(map(str, result.weights))
    assert result.patients == {name: len(y) for name, (_X, y) in PATIENTS.items()}
    assert all(sorted(r.answered) == sorted(NAMES) for r in result.rounds)
    table = result.table()
    assert len(table) == 160 and (table.status == "answered").all()


def test_many_local_steps_are_something_else():
    far = [
        np.abs(in_one_process(Terms(rounds=10, steps=s)) - pooled(Terms(rounds=10, steps=s))).max()
        for s in (1, 50)
    ]
    assert far[0] < 1e-12 and far[1] > 0.001


def in_one_process(terms):
    centre, scale = model.constants(sum(model.sums(X) for X, _y in PATIENTS.values()))
    weights = np.zeros(4)
    for _round in range(terms.rounds):
        updates = {
            name: model.descend(weights, model.prepare(X, centre, scale), y, terms)
            for name, (X, y) in PATIENTS.items()
        }
        weights = model.average(updates, {name: len(y) for name, (_X, y) in PATIENTS.items()})
    return weights


def test_a_column_that_one_hospital_never_measured_uses_the_others_mean():
    X = np.array([[1.0, np.nan], [3.0, np.nan]])
    other = np.array([[5.0, 10.0], [7.0, 30.0]])
    centre, scale = model.constants(model.sums(X) + model.sums(other))
    assert centre.tolist() == [4.0, 20.0] and scale.tolist() == [5**0.5, 10.0]
    assert model.prepare(X, centre, scale)[:, 1].tolist() == [0.0, 0.0]


def test_the_average_counts_patients_and_not_hospitals():
    updates = {"a": np.array([0.0, 1.0]), "b": np.array([1.0, 4.0])}
    assert model.average(updates, {"a": 30, "b": 10}).tolist() == [0.25, 1.75]


def test_the_hospitals_keep_patients_aside_of_both_kinds():
    for name in federation.HOSPITALS:
        learn, kept = federation.heart_hospital(name)
        assert learn.X.shape[1] == len(hospital.COLUMNS)
        assert abs(learn.y.mean() - kept.y.mean()) < 0.02
    assert len(learn.y) + len(kept.y) == 200  # Long Beach, the last one
    from medlearn import datasets

    patients = datasets.load_heart_hospitals(as_frame=True).frame
    here = patients[patients.hospital == "Long Beach"]
    both = np.concatenate([learn.X, kept.X])
    found = dict(zip(hospital.COLUMNS, both.T, strict=True))
    assert np.nansum(found["no_symptoms"]) == (here.chest_pain == "no symptoms").sum()
    assert np.nansum(found["abnormal_ecg"]) == (here.resting_ecg != "normal").sum()
    assert np.isnan(found["cholesterol"]).sum() == here.cholesterol.isna().sum()
    with pytest.raises(ValueError, match="hospital must be one of Cleveland"):
        federation.heart_hospital("Boston")


@pytest.mark.parametrize("culprit", [None, *federation.HOSPITALS])
def test_who_sends_zeros_is_named_and_nobody_of_an_honest_class(culprit):
    learn = {name: federation.heart_hospital(name)[0] for name in federation.HOSPITALS}
    centre, scale = model.constants(sum(model.sums(one.X) for one in learn.values()))
    Z = {name: model.prepare(one.X, centre, scale) for name, one in learn.items()}
    patients = {name: len(one.y) for name, one in learn.items()}
    named, weights = set(), np.zeros(11)
    for number in range(1, 31):
        updates = {name: model.descend(weights, Z[name], learn[name].y, Terms()) for name in Z}
        if culprit and number >= 3:
            updates[culprit] = np.zeros(11)
            distance = model.distances(updates)
            assert max(distance, key=distance.get) == culprit
        named |= set(model.far(model.distances(updates)))
        weights = model.average(updates, patients)
    assert named == ({culprit} if culprit else set())


# ---- a hospital that fails -----------------------------------------------------------------


def test_one_that_is_killed_in_mid_run_is_missed_and_the_rounds_go_on():
    def tell(line):
        lines.append(line)
        if line.startswith("Round 2:"):
            processes["Bern"].kill()
            processes["Bern"].wait()

    lines = []
    with a_class(tell=tell) as (lead, processes):
        result = lead.run()
        assert last_words(processes["Ulm"])[0] == 0
    assert statuses(result, "Bern") == ["answered"] * 2 + [None] * 4
    assert "Bern is out: The connection is gone." in lines
    assert [len(r.answered) for r in result.rounds] == [4, 4, 3, 3, 3, 3]


def test_with_too_few_left_it_stops_and_tells_the_others():
    with a_class(faults={name: "leave" for name in NAMES[1:]}) as (lead, processes):
        with pytest.raises(FederationError, match="at least 2 hospitals must answer") as raised:
            lead.run()
        assert "Round 3: 1 of 4 answered." in str(raised.value)
        assert all(f"{name}: The connection is gone." in str(raised.value) for name in NAMES[1:])
        code, said = last_words(processes["Ulm"])
        assert (code, said) == (1, "The federation is over for Ulm: The coordinator has stopped.")


@pytest.mark.parametrize("blind", [False, True])
def test_zeros_are_taken_and_named(blind):
    lines = []
    with a_class(faults={"Ghent": "zeros"}, blind=blind, tell=lines.append) as (lead, _processes):
        result = lead.run()
    assert [r.far for r in result.rounds[2:]] == [("Ghent",)] * 4
    assert statuses(result, "Ghent") == ["answered"] * 6
    assert ("Far from the others: Ghent." in lines[-1]) != blind


def test_weights_of_another_shape_are_refused_with_the_reason():
    with a_class(faults={"Ghent": "shape"}) as (lead, processes):
        result = lead.run()
        code, said = last_words(processes["Ghent"])
    assert statuses(result, "Ghent") == ["answered"] * 2 + ["wrong_length"] + [None] * 3
    assert code == 1 and said.endswith("There are more or fewer numbers than the model has.")


def test_one_that_is_late_is_not_waited_for_until_it_has_answered():
    settings = {"wait": 1.0, "pause": 0.15, "terms": Terms(rounds=20)}
    with a_class(faults={"Ulm": "late"}, **settings) as (lead, processes):
        result = lead.run()
        assert last_words(processes["Ulm"])[0] == 0
    status = statuses(result, "Ulm")
    assert status[:4] == ["answered", "answered", "late", "owing"] and status[-1] == "answered"
    assert status.count("late") == 1


def test_one_that_stops_in_the_middle_of_a_message_keeps_nobody_waiting(monkeypatch):
    monkeypatch.setattr(coordinator, "_SEND", 0.5)

    def answer(link, message):
        link._connection._send(struct.pack("!i", 500) + b"{")
        time.sleep(3)

    with a_class(NAMES[:2], hospitals=3, wait=1.0) as (lead, _processes):
        begin = time.monotonic()
        with stranger(lead, "Metz", answer):
            result = lead.run()
    assert statuses(result, "Metz")[0] == "late"
    assert [sorted(r.answered) for r in result.rounds] == [["Bern", "Ulm"]] * 6
    assert time.monotonic() - begin < 15


# ---- who wants to come in ------------------------------------------------------------------


@contextmanager
def stranger(lead, name, answer):
    """A hospital that knows the key and answers the first round as it likes."""

    def live():
        link = wire.connect(lead.host, lead.port, 5.0)
        try:
            link.prove(lead.key, first=False, seconds=5.0)
            hello = Message("hello", {"name": name, "patients": 50}, np.ones(9))
            link.send(hello, 5.0)
            link.receive("begin", seconds=30.0)
            answer(link, link.receive("round", seconds=30.0))
            link.receive("round", seconds=5.0)
        except Refused as refused:
            why.append(refused.why)
        except OSError:  # the coordinator hung up in the middle of what this one sends
            why.append("gone")
        finally:
            link.close()

    why = []
    thread = threading.Thread(target=live, daemon=True)
    thread.start()
    yield why
    thread.join(10)
    assert not thread.is_alive()


class Harmful:
    def __reduce__(self):
        return (exit, ("a pickle was opened",))


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (pickle.dumps(Harmful()), "no_message"),
        (b"GET / HTTP/1.1\r\n\r\n", "no_message"),
        (b'{"kind": "update", "round": 1}\n1234567', "no_message"),
        (b'{"kind": "update", "round": 2}\n' + bytes(32), "no_message"),  # of another round
        (b'{"kind": "update", "round": true}\n' + bytes(32), "no_message"),
        (b'{"kind": "hello", "name": "Metz", "patients": 9}\n', "no_message"),
        (b'{"kind": "update", "round": 1}\n' + bytes(40), "wrong_length"),
        (b'{"kind": "update", "round": 1}\n' + struct.pack("<4d", 1, 2, 3, np.nan), "not_finite"),
        (b'{"kind": "update", "round": 1}\n' + struct.pack("<4d", 1, 2, 3, -1e300), "not_finite"),
        (b"{" * 50_000, "no_message"),
        (bytes(1_000_000), "too_large"),
    ],
)
def test_what_is_no_update_is_refused_and_nothing_of_it_is_run(raw, why):
    """The class stands still for a moment, so one hospital is enough for the others."""
    terms = Terms(rounds=2)
    with federation.Coordinator(
        "sesame", columns=3, hospitals=2, quorum=1, gather=20, wait=5, terms=terms
    ) as lead:

        def honest(link, message):
            link.send(Message("update", {"round": 1}, np.ones(4)), 5.0)
            again = link.receive("round", seconds=10.0)
            assert again.facts == {"round": 2}
            link.send(Message("update", {"round": 2}, np.ones(4)), 5.0)

        def other(link, message):
            link._connection.send_bytes(raw)

        with stranger(lead, "Nice", honest), stranger(lead, "Metz", other):
            result = lead.run()
    assert result.rounds[0].status == {"Nice": "answered", "Metz": why}
    assert result.rounds[1].status == {"Nice": "answered"}


def test_weights_count_once_even_if_more_follow():
    def twice(link, message):
        for _time in range(2):
            link.send(Message("update", {"round": 1}, np.ones(4)), 5.0)

    lines = []
    with ExitStack() as stack:
        lead, _ = stack.enter_context(a_class(NAMES[:2], hospitals=3, tell=lines.append))
        why = stack.enter_context(stranger(lead, "Metz", twice))
        result = lead.run()
    first, *later = statuses(result, "Metz")  # the second may be seen in the round or after it
    assert first == "answered" and set(later) <= {None, "no_message"} and why == ["no_message"]
    assert any(line.startswith("Metz is out: What came is no message") for line in lines)


def test_a_wrong_key_stays_outside_and_the_others_begin():
    with a_class(NAMES[:2]) as (lead, _processes):
        wrong = laptops.start(lead, "Ghent", key="open")
        code, said = last_words(wrong)
        assert (code, said) == (1, "The federation is over for Ghent: The key is wrong.")
        result = lead.run()
    assert result.refused == [("127.0.0.1", "wrong_key")]
    assert all(sorted(r.answered) == ["Bern", "Ulm"] for r in result.rounds)


def test_whoever_knocks_without_a_key_or_says_nothing_keeps_nobody_waiting(monkeypatch):
    monkeypatch.setattr(coordinator, "_HANDSHAKE", 1.0)
    with a_class(NAMES[:2]) as (lead, _processes), ExitStack() as stack:
        for first_words in (b"", b"GET / HTTP/1.1\r\n\r\n", struct.pack("!i", 5) + b"hello"):
            line = stack.enter_context(socket.create_connection((lead.host, lead.port), 5))
            line.sendall(first_words)
        time.sleep(1.5)
        result = lead.run()
    whys = sorted(why for _who, why in result.refused)
    assert len(whys) == 3 and set(whys) <= {"late", "too_large", "wrong_key", "no_message"}
    assert "late" in whys and len(result.rounds) == 6


def test_two_laptops_cannot_be_one_hospital():
    with a_class(NAMES[:2], hospitals=3, quorum=2, gather=0.5) as (lead, _processes):
        let_in(lead, 2)
        second = laptops.start(lead, "Ulm")
        while lead._knocks.empty():
            time.sleep(0.05)
        result = lead.run()
        code, said = last_words(second)
    assert code == 1 and said.endswith("Ulm: Another laptop is this hospital already.")
    assert result.refused == [("Ulm", "name_taken")]
    assert [len(r.answered) for r in result.rounds] == [2] * 6  # began when time was over


def test_one_that_comes_late_joins_the_next_round():
    def tell(line):
        if line.startswith("Round 1:"):
            late.append(laptops.start(lead, "Aarhus"))
            while lead._knocks.empty():
                time.sleep(0.05)

    late = []
    with a_class(NAMES[:3], tell=tell) as (lead, _processes):
        result = lead.run()
        code, said = last_words(late[0])
    assert code == 0 and said == " ".join(map(str, result.weights))
    assert statuses(result, "Aarhus") == [None] + ["answered"] * 5


def test_the_same_laptop_may_come_back():
    def tell(line):
        if "wrong" not in line and line.startswith("Round 3:"):
            again.append(laptops.start(lead, "Ghent"))
            while lead._knocks.empty():
                time.sleep(0.05)

    again = []
    with a_class(faults={"Ghent": "shape"}, tell=tell) as (lead, _processes):
        result = lead.run()
        assert last_words(again[0])[0] == 0
    assert statuses(result, "Ghent")[2:] == ["wrong_length"] + ["answered"] * 3


@pytest.mark.parametrize(
    "hello",
    [
        Message("hello", {"name": " ", "patients": 50}, np.ones(9)),
        Message("hello", {"name": "x" * 61, "patients": 50}, np.ones(9)),
        Message("hello", {"name": "Ulm\x1b[2J", "patients": 50}, np.ones(9)),
        Message("hello", {"name": "Ulm", "patients": 0}, np.ones(9)),
        Message("hello", {"name": "Ulm", "patients": 10**40}, np.ones(9)),
        Message("hello", {"name": "Ulm", "patients": 50}, np.ones(8)),
        Message("update", {"round": 1}, np.ones(9)),
    ],
)
def test_a_hello_that_is_none_is_refused(hello):
    with federation.Coordinator("sesame", columns=3) as lead:
        link = wire.connect(lead.host, lead.port, 5.0)
        link.prove("sesame", first=False, seconds=5.0)
        link.send(hello, 5.0)
        with pytest.raises(Refused) as raised:
            link.receive("begin", seconds=5.0)
        assert raised.value.why in (Why.NO_MESSAGE, Why.WRONG_LENGTH)
        link.close()


# ---- a coordinator that fails ---------------------------------------------------------------


def test_nobody_comes():
    lead = federation.Coordinator("sesame", gather=0.3)
    with pytest.raises(FederationError, match=r"Only 0 of at least 2 hospitals came in 0\.3 s"):
        lead.run()


def test_one_that_leaves_before_the_beginning_is_not_counted():
    with a_class(NAMES[:2], hospitals=3, quorum=2, gather=1.0) as (lead, processes):
        let_in(lead, 2)
        processes["Ulm"].kill()
        processes["Ulm"].wait()
        with pytest.raises(FederationError, match="Only 1 of at least 2 hospitals came"):
            lead.run()


def test_a_port_that_is_in_use_is_said():
    lead = federation.Coordinator("sesame")
    with lead, pytest.raises(FederationError, match=f"Cannot listen at .*, port {lead.port}:"):
        federation.Coordinator("sesame", port=lead.port)
    federation.Coordinator("sesame", port=lead.port).close()  # it is free again


def test_an_address_that_is_not_of_this_machine_is_said():
    with pytest.raises(FederationError, match="must be one of this machine"):
        federation.Coordinator("sesame", host="203.0.113.7")


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ({"key": ""}, "The key is empty"),
        ({"quorum": 0}, "quorum must be"),
        ({"hospitals": 1, "quorum": 2}, "hospitals must be"),
        ({"wait": "long"}, "wait"),
    ],
)
def test_settings_that_cannot_be_are_refused(setting, said):
    with pytest.raises(ValueError, match=said):
        federation.Coordinator(**{"key": "sesame"} | setting)


def test_nobody_leads():
    with federation.Coordinator("sesame") as lead:
        pass
    here = federation.Hospital("Ulm", *PATIENTS["Ulm"])
    with pytest.raises(FederationError, match=r"No coordinator answers at 127\.0\.0\.1, port"):
        federation.join(here, lead.host, lead.port, "sesame")


def test_a_coordinator_that_says_nothing_is_not_waited_for_for_ever():
    here = federation.Hospital("Ulm", *PATIENTS["Ulm"])
    lead = federation.Coordinator("sesame", columns=3)  # nobody calls run
    with lead, pytest.raises(FederationError, match="over for Ulm: Nothing came in time"):
        federation.join(here, lead.host, lead.port, "sesame", patience=0.3)


def test_whoever_waits_at_the_door_when_it_closes_is_told():
    with a_class(NAMES[:1], hospitals=2) as (lead, processes):
        while lead._knocks.empty():
            time.sleep(0.05)
        lead.close()
        code, said = last_words(processes["Ulm"])
    assert code == 1 and said.endswith("The coordinator has stopped.")


def test_a_coordinator_that_is_killed_is_noticed_at_once():
    code = (
        "from medlearn.federation import Coordinator\n"
        "lead = Coordinator('sesame', columns=3)\nprint(lead.port, flush=True)\nlead.run()"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    here = federation.Hospital("Ulm", *PATIENTS["Ulm"])
    try:
        port = int(process.stdout.readline())
        threading.Timer(1.0, process.kill).start()
        with pytest.raises(FederationError, match="over for Ulm: The connection is gone"):
            federation.join(here, "127.0.0.1", port, "sesame", patience=20.0)
    finally:
        end(process)


# ---- the commands --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        ["join", "127.0.0.1", "--hospital", "Ulm"],
        ["join", "127.0.0.1", "--hospital", "Ulm", "--key", ""],
        ["join", "127.0.0.1", "--key", "sesame"],
        ["lead", "--wait", "0"],
        ["lead", "--rounds", "none"],
        ["lead", "--port", "70000"],
    ],
)
def test_a_command_that_lacks_something_is_not_understood(words, capsys):
    assert main(["federation", *words]) == 2
    assert "usage:" in capsys.readouterr().err


@pytest.mark.parametrize("word", ["lead", "join", "rehearse"])
def test_every_command_has_help(word, capsys):
    assert main(["federation", word, "--help"]) == 0
    assert capsys.readouterr().out.startswith("usage: python -m medlearn federation")


def test_an_unknown_hospital_and_an_unknown_fault_are_named(capsys):
    join = ["federation", "join", "127.0.0.1", "--key", "sesame", "--hospital"]
    assert main([*join, "Boston"]) == 1
    assert main([*join, "Long Beach", "--fault", "sleep"]) == 1
    said = capsys.readouterr().err
    assert "hospital must be one of Cleveland, Budapest" in said
    assert "fault must be one of zeros, shape, late, leave; it is 'sleep'" in said


@pytest.mark.parametrize(
    ("host", "heard"),
    [
        ("127.0.0.1", "this machine only"),
        ("localhost", "this machine only"),
        ("0.0.0.0", "Write its address for ADDRESS"),
        ("192.168.1.20", "nothing is encrypted"),
        ("room-4", "nothing is encrypted"),
    ],
)
def test_the_invitation_says_who_can_hear_it(host, heard):
    from medlearn.federation.commands import invitation

    lines = invitation(host, 16016, "a b")
    assert heard in lines[0]
    shown = "ADDRESS" if host == "0.0.0.0" else host
    command = f"python -m medlearn federation join {shown} --port 16016 --key 'a b' --hospital"
    assert command in lines[2]
    assert all(name in lines[3] for name in federation.HOSPITALS)


def test_a_laptop_with_the_commands_printed_for_it(tmp_path):
    """The line that `lead` prints is run as it stands, with another hospital in it."""
    run = [sys.executable, "-u", "-m", "medlearn", "federation"]
    lead = [*run, "lead", "--port", str(free_port()), "--hospitals", "2", "--rounds", "3"]
    lead += ["--pause", "0.1", "--gather", "60", "--table", str(tmp_path / "rounds.csv")]
    with ExitStack() as stack:
        teacher = subprocess.Popen(lead, stdout=subprocess.PIPE, text=True)
        stack.callback(end, teacher)
        head = [teacher.stdout.readline() for _line in range(4)]
        words = head[2].split('--hospital "')[0].split()
        assert words[:5] == ["python", "-m", "medlearn", "federation", "join"]
        join = [*run, *words[4:], "--hospital"]
        students = [
            subprocess.Popen([*join, name], stdout=subprocess.PIPE, text=True)
            for name in ("Long Beach", "Zurich and Basel")
        ]
        for process in students:
            stack.callback(end, process)
        said = teacher.communicate(timeout=90)[0]
        own, swiss = (process.communicate(timeout=60)[0] for process in students)
    assert "Round 3: 2 of 2 answered." in said and "exercise_angina" in said
    assert (tmp_path / "rounds.csv").read_text("utf-8").startswith("round,hospital,status,")
    assert "AUC among the 60 patients kept aside: 0." in own and "Difference" in own
    assert "2 had no narrowed artery: too few for an AUC." in swiss


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@pytest.mark.long
@pytest.mark.parametrize("fault", [None, *federation.FAULTS])
def test_a_rehearsal_of_each_fault(fault, capsys):
    words = ["--fault", fault] if fault else []
    assert main(["federation", "rehearse", "--rounds", "6", "--wait", "4", *words]) == 0
    said = capsys.readouterr().out
    assert "Round 6:" in said and "Cleveland: AUC among the 91 patients" in said
    assert ("Far from the others: Long Beach." in said) == (fault == "zeros")
    assert ("Round 3: 4 of 4 answered." in said) == (fault in (None, "zeros"))
