"""Trains in PyTorch for the trainer's benchmark.

usage: peer.py SPEC VARIANT

SPEC is a run spec, JSON. VARIANT is the way of the experts, `loop`, `grouped` or `padded`, with `-compiled`
after it for torch.compile. Prints a line of JSON when it is ready, and after that for each line of standard input
trains the spec from its first step to its last and prints {"tokens", "cpu_seconds", "loss"}.
"""

import json
import pathlib
import sys
import time

import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "trainers" / "pytorch"))

from initialisation import initialise  # noqa: E402
from transformer import Training, Transformer  # noqa: E402

WARM_STEPS = 3

spec = json.load(open(sys.argv[1]))
way, _, compiled = sys.argv[2].partition("-")
torch.set_num_threads(1)
shape, sequences = spec["architecture"], spec["batch_sequences"]
model = Transformer(spec, way)
training = Training(spec, model, torch.compile(model) if compiled else None)

length = shape["seq_len"]
stream = (torch.arange(1_000_000) * 2_654_435_761 >> 7) % shape["vocab"]
windows = stream[: stream.shape[0] // length * length].view(-1, length)
following = stream.roll(-1)[: windows.numel()].view(-1, length)
order = torch.randperm(windows.shape[0], generator=torch.Generator().manual_seed(spec["seed"]))


def restart():
    global position
    position = 0
    initialise(model, spec)
    training.restart()


def step():
    global position
    chosen = order[torch.arange(position, position + sequences) % order.shape[0]]
    position += sequences
    loss, _, loads, _ = training.differentiate(windows[chosen], following[chosen])
    training.update(loads)
    return loss.item()


begun = time.monotonic()
restart()
for _ in range(WARM_STEPS):
    step()
print(json.dumps({"ready_seconds": time.monotonic() - begun}), flush=True)
for _ in sys.stdin:
    restart()
    begun = time.process_time()
    losses = [step() for _ in range(spec["steps"])]
    seconds = time.process_time() - begun
    result = {"tokens": len(losses) * sequences * length, "cpu_seconds": seconds}
    print(json.dumps(result | {"loss": losses[-1]}), flush=True)
