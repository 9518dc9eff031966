#!/usr/bin/env python3
"""Trains a run spec of the orchestrator with Megatron-Core; README.md has the mapping, docs/trainer.md the protocol.

    worker serve --trainer "megatron=python3 /opt/trainers/megatron/train.py --megatron /opt/Megatron-LM"

What follows `--` goes to Megatron as it is: parallelism, kernels, recomputation. Standard library only.
"""

import argparse
import json
import os
import pathlib
import signal
import subprocess
import sys

from arguments import SpecError, arguments, quoted
from dataset import CorpusError, dataset
from log import Log

WRONG_SPEC, WRONG_CORPUS, UNAVAILABLE, SAVED = 64, 66, 69, 75


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megatron", default=".", help="checkout of Megatron-LM, with pretrain_gpt.py")
    parser.add_argument(
        "--launcher", default="torchrun --standalone --nproc-per-node gpu", help="what starts pretrain_gpt.py, words separated by spaces"
    )
    parser.add_argument("--micro-batch-size", type=int, default=1)
    parser.add_argument("--checkpoint-steps", type=int, default=1_000, help="from one checkpoint to the next")
    parser.add_argument("--print-arguments", metavar="SPEC", help="print the arguments of a run spec, and train nothing")
    parser.add_argument("extra", nargs="*", help="after --: arguments for Megatron")
    return parser.parse_args()


def main():
    given = options()
    try:
        if given.print_arguments:
            print(" \\\n".join(quoted(arguments(read(given.print_arguments), given.micro_batch_size))))
            return 0
        spec = read(variable("ORCHESTRATOR_RUN_SPEC"))
        model = arguments(spec, given.micro_batch_size)
        data = dataset(pathlib.Path(variable("ORCHESTRATOR_DATA")), spec["corpus"]["sha256"])
    except SpecError as error:
        return fail(WRONG_SPEC, error)
    except (CorpusError, OSError) as error:
        return fail(WRONG_CORPUS, error)
    program = pathlib.Path(given.megatron).resolve() / "pretrain_gpt.py"
    if not program.is_file():
        return fail(UNAVAILABLE, f"there is no {program}: name a checkout of Megatron-LM with --megatron")
    first, place = newest()
    command = [*given.launcher.split(), str(program), *model, *data, *saving(given, place), *given.extra]
    return follow(command, Log(spec, first, tell))


def read(path):
    try:
        return json.loads(pathlib.Path(path).read_text())
    except (OSError, ValueError) as error:
        raise SpecError(f"{path} is no run spec: {error}") from error


def variable(name):
    if not (value := os.environ.get(name)):
        raise SpecError(f"${name} is not set: a worker starts this program, see docs/trainer.md")
    return value


def saving(given, place):
    """Checkpoints of Megatron's own: written on SIGTERM too, and begun from the newest there is."""
    flags = ["--save", "checkpoints", "--save-interval", str(given.checkpoint_steps), "--exit-signal-handler"]
    return flags + (["--load", place] if place else [])


def newest():
    """Steps and folder of the newest whole checkpoint of this run; Megatron names it in a file once it is whole."""
    earlier = os.environ.get("ORCHESTRATOR_EARLIER_ATTEMPTS", "").split(":")
    found = []
    for folder in ["checkpoints", *(f"{path}/checkpoints" for path in earlier if path)]:
        tracker = pathlib.Path(folder, "latest_checkpointed_iteration.txt")
        if tracker.is_file() and (text := tracker.read_text().strip()).isdecimal():
            found.append((int(text), folder))
    return max(found, key=lambda one: one[0], default=(0, None))


def follow(command, log):
    """Runs Megatron and turns its log into events. SIGTERM reaches it by itself: it is of this process group."""
    signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, errors="replace")
    except OSError as error:
        return fail(UNAVAILABLE, f"cannot start {command[0]}: {error.strerror}; see --launcher")
    log.start()
    for line in process.stdout:
        print(line, end="", file=sys.stderr, flush=True)
        was_well = not log.diverged
        log.read(line)
        if was_well and log.diverged:
            process.terminate()
    status = process.wait()
    if log.diverged:
        return 0
    if log.done and status == 0:
        log.finish()
        return 0
    if log.told_to_leave and log.saved > log.first:
        return SAVED
    return fail(1, f"Megatron ended with {status} after step {log.step} of {log.steps}")


def tell(event, **fields):
    print(json.dumps({"event": event} | fields, allow_nan=False), flush=True)


def fail(status, message):
    print(f"train: {message}", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
