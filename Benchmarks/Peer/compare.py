"""The native trainer and PyTorch on the same model, batch, optimiser and schedule, one thread each.

usage: compare.py TRAINER [--quick] [--eager] [--rounds N] [--only EXPERTS:D:TOKENS ...]

TRAINER is the program trainer-benchmark. For each case every program is started once, and they take turns: in each
round one after the other trains the same number of steps and reports the CPU time of them. A figure is the median of
the rounds. --quick measures a few cases, --only the cases named; --eager leaves out torch.compile, which takes most
of the time.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

PEER = pathlib.Path(__file__).resolve().parent / "peer.py"
WIDTHS = [32, 64, 128, 256]
BATCHES = [1024, 4096]
# (granularity, top k, shared experts) by the number of experts: the active width is 3 d.
MIXTURES = {32: (4, 4, 2), 256: (8, 8, 4)}
QUICK = [(0, 32, 1024), (0, 128, 4096), (32, 64, 1024), (256, 64, 1024)]
# FLOPs of a round, about a second of PyTorch.
ROUND = 4e10
LEAST_STEPS = 3
LEAST_MEMORY = 64 * 2**20
MEBIBYTE = 2**20
# Freed memory stays with the process: PyTorch would give it back and take it again in every step.
KEEP_MEMORY = {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": str(2**40)}
# On some processors that have AVX-512 PyTorch leaves it alone unless told.
WIDE = {"ATEN_CPU_CAPABILITY": "avx512", "MKL_ENABLE_INSTRUCTIONS": "AVX512"}


def architecture(experts, d):
    layers = 2 if d < 128 else 4
    granularity, top_k, shared = MIXTURES.get(experts, (0, 0, 0))
    return {
        "layers": layers, "d_model": d, "heads": d // 16, "kv_heads": d // 16,
        "d_ffn": 0 if experts else 3 * d, "d_expert": 2 * d // granularity if experts else 0,
        "experts": experts, "top_k": top_k, "shared_experts": shared,
        "dense_layers": 0 if experts else layers, "vocab": 1024, "seq_len": 128,
    }


def flops(shape):
    """Training operations for each token, attention over the full square, routers and logits included."""
    d, layers, mixtures = shape["d_model"], shape["layers"], shape["layers"] - shape["dense_layers"]
    width = shape["dense_layers"] * shape["d_ffn"]
    width += mixtures * (shape["top_k"] + shape["shared_experts"]) * shape["d_expert"]
    head_dim = d // shape["heads"]
    attention = 4 * d * (d + shape["kv_heads"] * head_dim) + 4 * shape["seq_len"] * d
    router = mixtures * 2 * d * shape["experts"]
    return 3 * (layers * attention + 6 * d * width + router + 2 * d * shape["vocab"])


def activations(shape, tokens):
    """Bytes of what a forward pass must leave for the backward pass, float32: in each block the residual stream at
    its two entrances, both norms, queries, keys and values, what attention gives, the two halves of each SwiGLU and
    their product, and where a block routes the logits, the scores, and each chosen token's row; then the last
    residual stream and its norm. No attention weights and no logits of the vocabulary: both can be made in pieces."""
    d, head_dim = shape["d_model"], shape["d_model"] // shape["heads"]
    block = 4 * d + (shape["heads"] + 2 * shape["kv_heads"]) * head_dim + d
    dense = 3 * shape["d_ffn"]
    active = (shape["top_k"] + shape["shared_experts"]) * shape["d_expert"]
    mixture = 3 * active + 2 * shape["experts"] + shape["top_k"] * d
    mixtures = shape["layers"] - shape["dense_layers"]
    numbers = shape["layers"] * block + shape["dense_layers"] * dense + mixtures * mixture + 2 * d
    return 4 * tokens * numbers


def run_spec(shape, tokens):
    steps = max(LEAST_STEPS, round(ROUND / (flops(shape) * tokens)))
    return {
        "trainer": "native", "architecture": shape,
        "router": {
            "gate": "softmax_renormalised", "balance_coefficient": 0.01, "z_coefficient": 0.001, "bias_update": 0
        },
        "initialisation": "fan_in",
        "optimiser": {
            "learning_rate": 3e-3, "beta1": 0.9, "beta2": 0.95, "epsilon": 1e-8, "weight_decay": 0.1, "clip": 1
        },
        "schedule": {"warmup_fraction": 0.01, "decay_fraction": 0.2, "final_fraction": 0.1},
        "batch_sequences": tokens // shape["seq_len"], "steps": steps,
        "corpus": {"name": "synthetic", "sha256": ""}, "evaluation": {"count": 1, "sequences": 8}, "seed": 1,
    }


class Program:
    """A program that trains a round for each line that it is sent."""

    def __init__(self, name, command, **environment):
        self.name = name
        self.rounds = []
        self.process = subprocess.Popen(
            command, env=os.environ | {"OMP_NUM_THREADS": "1"} | environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} ended: {self.process.stderr.read().strip()[-500:]}")
        return json.loads(line)

    def round(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        self.rounds.append(self.read())

    def end(self):
        self.process.communicate()

    @property
    def seconds(self):
        return statistics.median(each["cpu_seconds"] for each in self.rounds)


def has_wide_vectors():
    flags = next(line for line in open("/proc/cpuinfo") if line.startswith("flags"))
    return "avx512f" in flags.split()


def variants(experts, compiles):
    """PyTorch's variants: what to call each, its argument and its environment."""
    ways = {way: way for way in ("loop", "grouped", "padded")} if experts else {"eager": "loop"}
    if compiles:
        ways |= {"grouped, compiled": "grouped-compiled"} if experts else {"compiled": "loop-compiled"}
    for name, way in ways.items():
        yield name, way, KEEP_MEMORY
        if has_wide_vectors():
            yield f"{name}, wide", way, KEEP_MEMORY | WIDE


def measure(trainer, spec, rounds, compiles):
    """The native trainer, and PyTorch's variants."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(spec, file)
        file.flush()
        ours = Program("the trainer", [trainer, file.name])
        peers = []
        for name, way, environment in variants(spec["architecture"]["experts"], compiles):
            peers.append(Program(name, [sys.executable, str(PEER), file.name, way], **environment))
            peers[-1].read()
        for _ in range(rounds):
            for program in [ours, *peers]:
                program.round()
    for program in [ours, *peers]:
        program.end()
    return ours, peers


def describe(experts, d, tokens, spec, ours, peers):
    result = ours.rounds[0]
    best = min(peers, key=lambda peer: peer.seconds)
    done = result["flops"]
    assert abs(done / (flops(spec["architecture"]) * result["tokens"]) - 1) < 1e-9
    peak = statistics.median(each["product_peak"] for each in ours.rounds)
    speeds = [(result["tokens"] / p.seconds, done / p.seconds / 1e9) for p in (ours, best)]
    print(
        f"{experts or 'dense':>7} {d:>4} {tokens:>6}  {speeds[0][0]:>9,.0f} {speeds[0][1]:>7.1f} "
        f"{done / ours.seconds / peak:>6.0%}  {speeds[1][0]:>9,.0f} {speeds[1][1]:>7.1f}  "
        f"{best.seconds / ours.seconds:>5.2f}  {best.name}",
        end="",
    )
    others = [f"{p.name} {result['tokens'] / p.seconds:,.0f}" for p in peers if p is not best]
    print(f" (tokens/s of {', '.join(others)})" if others else "", flush=True)
    return peak


def memory(experts, d, tokens, spec, ours):
    """Of the first round: later ones start with what the rounds before have left."""
    result = ours.rounds[0]
    computed = 16 * result["parameters"] + activations(spec["architecture"], tokens)
    resident = result["resident_bytes"]
    return (
        f"{experts or 'dense':>7} {d:>4} {tokens:>6}  {16 * result['parameters'] / MEBIBYTE:>10.1f} "
        f"{activations(spec['architecture'], tokens) / MEBIBYTE:>11.1f} {resident / MEBIBYTE:>9.1f}  "
        f"{resident / computed:.2f}{'' if computed >= LEAST_MEMORY else '  (below 64 MiB)'}"
    )


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("trainer")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--eager", action="store_true")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", nargs="+", metavar="EXPERTS:D:TOKENS")
    return parser.parse_args()


def main():
    options = arguments()
    every = [(experts, d, tokens) for experts in (0, 32, 256) for d in WIDTHS for tokens in BATCHES]
    cases = QUICK if options.quick else every
    if options.only:
        cases = [tuple(map(int, case.split(":"))) for case in options.only]
    print("One thread each; CPU time of the steps; GFLOP/s with routers and logits counted.\n")
    print("                            trainer                   PyTorch")
    print("experts    d  batch   tokens/s GFLOP/s of peak   tokens/s GFLOP/s  ratio  the better of")
    peaks, rows = [], []
    for experts, d, tokens in cases:
        spec = run_spec(architecture(experts, d), tokens)
        ours, peers = measure(options.trainer, spec, options.rounds, not options.eager)
        peaks.append(describe(experts, d, tokens, spec, ours, peers))
        rows.append(memory(experts, d, tokens, spec, ours))
    print(f"\npeak: dnnl_sgemm, 1024³, {min(peaks) / 1e9:.0f} to {max(peaks) / 1e9:.0f} GFLOP/s\n")
    print("Memory, MiB: anonymous resident, less that before the model, against what is computed.\n")
    print("experts    d  batch  parameters activations  resident  ratio")
    print("\n".join(rows))


main()
