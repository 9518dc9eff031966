#!/usr/bin/env python3
"""Trains one run of the orchestrator with PyTorch, on CPU or GPUs; docs/trainer.md has the protocol.

    worker serve --trainer "pytorch=python3 trainers/pytorch/train.py"
    worker serve --trainer "pytorch=torchrun --nproc-per-node 8 trainers/pytorch/train.py --products bfloat16"

The architecture, its mathematics, the initial weights and the order of the data are those of the native trainer.
"""

import argparse
import json
import os
import signal
import sys

import torch

from checkpoints import Checkpoints, log
from corpus import Corpus, CorpusError
from events import Output
from ranks import Ranks
from run import SpecError, TrainingRun, check

WRONG_SPEC, WRONG_CORPUS, SAVED = 64, 66, 75


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="auto", help="cpu, cuda, or auto: cuda where there is one")
    parser.add_argument("--products", default="float32", choices=["float32", "bfloat16"], help="type of the products")
    parser.add_argument("--micro-sequences", type=int, help="sequences that a process takes through the model at once")
    parser.add_argument("--threads", type=int, default=1, help="CPU threads of a process")
    parser.add_argument("--checkpoint-minutes", type=float, default=5, help="from one to the next; 0: none by time")
    parser.add_argument("--checkpoint-steps", type=int, default=0, help="from one to the next, if sooner; 0: none by steps")
    parser.add_argument("--checkpoints-kept", type=int, default=2)
    return parser.parse_args()


def main():
    options = arguments()
    torch.set_num_threads(options.threads)
    ranks = Ranks(options.device)
    try:
        finished = train(options, ranks)
    except (SpecError, OSError, json.JSONDecodeError) as error:
        log(error)
        return WRONG_SPEC
    except CorpusError as error:
        log(error)
        return WRONG_CORPUS
    # A process that leaves while another still talks to it would leave that one waiting for ever.
    ranks.leave()
    return 0 if finished else SAVED


def train(options, ranks):
    """Trains the run that the environment names; returns False when it was asked to stop, and is saved."""
    stopping = []
    signal.signal(signal.SIGTERM, lambda *_: stopping.append(True))
    with open(variable("ORCHESTRATOR_RUN_SPEC"), "rb") as file:
        spec_bytes = file.read()
    spec = json.loads(spec_bytes)
    check(spec, ranks.count)
    corpus = Corpus(variable("ORCHESTRATOR_DATA"), spec["corpus"]["sha256"])
    environment = {
        "torch": torch.__version__,
        "device": torch.cuda.get_device_name(ranks.device) if ranks.device.type == "cuda" else "cpu",
        "processes": str(ranks.count),
        "products": options.products,
    }
    if ranks.device.type == "cpu":
        environment["isa"] = torch.backends.cpu.get_cpu_capability()
    earlier = [path for path in os.environ.get("ORCHESTRATOR_EARLIER_ATTEMPTS", "").split(":") if path]
    checkpoints = Checkpoints(spec_bytes, environment, earlier, options.checkpoints_kept)
    output = Output(sys.stdout, ranks.leads)
    return TrainingRun(spec, corpus, ranks, output, checkpoints, options).train(lambda: bool(stopping))


def variable(name):
    value = os.environ.get(name)
    if not value:
        raise SpecError(f"${name} is not set: a worker starts this program, see docs/trainer.md")
    return value


if __name__ == "__main__":
    sys.exit(main())
