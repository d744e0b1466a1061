"""The federation of lesson 16 as a Flower app: what each hospital does, and what the coordinator.

The arithmetic is `medlearn.federation.model`; Flower carries it from machine to machine.
docs/federation_on_several_machines.md says how it is started.
"""

import time

import numpy as np
from flwr.app import ArrayRecord, ConfigRecord, Context, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp
from flwr.serverapp import Grid, ServerApp
from flwr.serverapp.strategy import FedAvg

from medlearn.federation import Hospital, Terms, heart_hospital, model
from medlearn.language import _

client = ClientApp()
server = ServerApp()
TERMS = ("rounds", "steps", "rate", "penalty")


def patients(context: Context) -> Hospital:
    """Those that this hospital learns from. They stay in this process."""
    learn, _kept = heart_hospital(context.node_config["hospital"])
    return learn


@client.query()
def tell_sums(message: Message, context: Context) -> Message:
    """Counts, sums and sums of squares, so that all standardise alike."""
    sums = ArrayRecord([model.sums(patients(context).X)])
    return Message(RecordDict({"sums": sums}), reply_to=message)


@client.train()
def train(message: Message, context: Context) -> Message:
    """A few steps from the weights that came; back go weights and the number of patients."""
    here, told = patients(context), message.content["config"]
    Z = model.prepare(here.X, np.array(told["centre"]), np.array(told["scale"]))
    terms = Terms(**{name: told[name] for name in TERMS})
    [weights] = message.content["arrays"].to_numpy_ndarrays()
    answer = {
        "arrays": ArrayRecord([model.descend(weights, Z, here.y, terms)]),
        "metrics": MetricRecord({"num-examples": len(here.y)}),
    }
    return Message(RecordDict(answer), reply_to=message)


@server.main()
def lead(grid: Grid, context: Context) -> None:
    """Wait for the hospitals, ask for their sums, then average for some rounds."""
    settings = context.run_config
    nodes = wait_for(grid, settings["hospitals"], settings["gather"])
    asked = [Message(RecordDict(), message_type="query", dst_node_id=node) for node in nodes]
    answers = list(grid.send_and_receive(asked, timeout=settings["wait"]))
    silent = len(nodes) - sum(answer.has_content() for answer in answers)
    if silent:
        raise RuntimeError(
            _("{silent} of {all} hospitals did not tell their sums.").format(
                silent=silent, all=len(nodes)
            )
        )
    centre, scale = model.constants(
        sum(answer.content["sums"].to_numpy_ndarrays()[0] for answer in answers)
    )
    told = {name: settings[name] for name in TERMS}
    told |= {"centre": centre.tolist(), "scale": scale.tolist()}
    result = FedAvg(
        fraction_evaluate=0.0, min_train_nodes=len(nodes), min_available_nodes=len(nodes)
    ).start(
        grid,
        initial_arrays=ArrayRecord([np.zeros(1 + len(centre))]),
        num_rounds=settings["rounds"],
        timeout=settings["wait"],
        train_config=ConfigRecord(told),
    )
    [weights] = result.arrays.to_numpy_ndarrays()
    np.savez(settings["result"], weights=weights, centre=centre, scale=scale)


def wait_for(grid: Grid, hospitals: int, seconds: float) -> list[int]:
    """The hospitals that are there, once there are enough."""
    end = time.monotonic() + seconds
    while len(nodes := list(grid.get_node_ids())) < hospitals:
        if time.monotonic() > end:
            raise RuntimeError(
                _("Only {n} of {all} hospitals came in {s:g} seconds.").format(
                    n=len(nodes), all=hospitals, s=seconds
                )
            )
        time.sleep(0.5)
    return nodes
