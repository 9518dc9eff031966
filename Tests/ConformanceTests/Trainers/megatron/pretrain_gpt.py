"""Stands in for Megatron's program of that name: its flags, its log, its checkpoints, around a toy."""

import argparse
import fcntl
import json
import math
import pathlib
import signal
import struct
import sys

parser = argparse.ArgumentParser()
for name in ("train-iters", "global-batch-size", "log-interval", "eval-interval", "save-interval", "vocab-size", "seq-length"):
    parser.add_argument(f"--{name}", type=int, required=True)
for name in ("train-data-path", "valid-data-path", "save"):
    parser.add_argument(f"--{name}", required=True)
parser.add_argument("--lr", type=float, required=True)
parser.add_argument("--load")
parser.add_argument("--exit-signal-handler", action="store_true", required=True)
args, _ = parser.parse_known_args()

# A real one is slow; this one is held back by whoever reads it. F_SETPIPE_SZ, to one page:
fcntl.fcntl(sys.stdout, 1031, 4096)
leaving = []
signal.signal(signal.SIGTERM, lambda *_: leaving.append(True))


def say(text):
    print(text, flush=True)


def first_tokens(prefix):
    index = pathlib.Path(prefix + ".idx").read_bytes()
    assert index[:9] == b"MMIDIDX\x00\x00"
    version, code, sequences, documents = struct.unpack("<QBQQ", index[9:34])
    assert (version, code, documents) == (1, 8, 2)
    (length,) = struct.unpack("<i", index[34:38])
    tokens = pathlib.Path(prefix + ".bin").read_bytes()
    assert sequences > 1 or len(tokens) == 2 * length
    return struct.unpack("<64H", tokens[:128])


def save(step, weight):
    folder = pathlib.Path(args.save) / f"iter_{step:07d}"
    folder.mkdir(parents=True, exist_ok=True)
    say(f"saving checkpoint at iteration {step:7d} to {args.save} in torch_dist format")
    (folder / "state.json").write_text(json.dumps(weight))
    (pathlib.Path(args.save) / "latest_checkpointed_iteration.txt").write_text(str(step))
    say(f"  successfully saved checkpoint from iteration {step:7d} to {args.save} [ t 1/1, p 1/1 ]")


def evaluate(step, weight, where):
    loss = 1 + (weight - aim) ** 2
    say(f" validation loss at {where} | lm loss value: {loss:.6E} | lm loss PPL: {math.exp(min(20, loss)):.6E} | ")


aim = sum(first_tokens(args.valid_data_path)) / 64 / args.vocab_size
assert max(first_tokens(args.train_data_path)) < args.vocab_size
step, weight, total = 0, 2.0, 0.0
if args.load:
    step = int((pathlib.Path(args.load) / "latest_checkpointed_iteration.txt").read_text())
    weight = json.loads((pathlib.Path(args.load) / f"iter_{step:07d}" / "state.json").read_text())
    say(f"  successfully loaded checkpoint from {args.load} [ t 1/1, p 1/1 ] at iteration {step}")
say("[before the start of training step] datetime: 2026-01-01 00:00:00 ")
while step < args.train_iters:
    loss = 1 + (weight - aim) ** 2
    weight -= args.lr * 2 * (weight - aim)
    step, total = step + 1, total + loss
    if abs(weight) > 1e9:
        print("RuntimeError: Rank 0, device 0, iteration 2: Unexpected result nan (message='found NaN in local forward loss calculation')", file=sys.stdout, flush=True)
        sys.exit(1)
    if step % args.log_interval == 0:
        say(
            f" [2026-01-01 00:00:00] iteration {step:8d}/{args.train_iters:8d} |"
            f" consumed samples: {step * args.global_batch_size:12d} | elapsed time per iteration (ms): 12.5 |"
            f" learning rate: {args.lr:.6E} | global batch size: {args.global_batch_size:5d} |"
            f" lm loss: {total / args.log_interval:.6E} | load_balancing_loss: 1.012345E+00 | loss scale: 1.0 |"
            " grad norm: 0.512 | number of skipped iterations:   0 | number of nan iterations:   0 |"
        )
        total = 0.0
    if step % args.eval_interval == 0:
        evaluate(step, weight, f"iteration {step}")
    if leaving:
        save(step, weight)
        say("[exiting program after receiving SIGTERM.] datetime: 2026-01-01 00:00:00 ")
        sys.exit(0)
    if step % args.save_interval == 0:
        save(step, weight)
say("[after training is done] datetime: 2026-01-01 00:00:00 ")
save(step, weight)
evaluate(step, weight, f"iteration {step} on validation set")
