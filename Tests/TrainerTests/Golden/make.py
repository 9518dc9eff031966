"""Writes transformer.json beside this file: what the trainer's mathematics gives, by PyTorch in double precision.

usage: make.py        (`make golden` sets up PyTorch first)

Each case has a run spec, and for each tensor the rule of its initial values, its gradient in the first step and its
values after the last. Number i of a tensor is centre + scale · (mix(first + i) >> 48 − 2^15) / 2^15 with SplitMix64's
mixing function: exact in float32. Token i of the stream is mix(first + i) modulo the vocabulary; every sequence takes
the next s + 1 of it. Gradients and trained values are float32, little-endian, base64; losses are decimal.

Standard error tells how far PyTorch in single precision is from these numbers: what agreement one can ask for.
"""

import base64
import json
import pathlib
import sys

import numpy as np
import torch

here = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(here.parents[2] / "trainers" / "pytorch"))

from transformer import Training, Transformer, sizes  # noqa: E402

STEPS = 10
SEQUENCES = 2
# A choice of experts that rounding could turn would make the comparison meaningless.
SMALLEST_GAP = 1e-4


def shape(**changes):
    result = {
        "layers": 2, "d_model": 8, "heads": 2, "kv_heads": 2, "d_ffn": 12, "d_expert": 0, "experts": 0, "top_k": 0,
        "shared_experts": 0, "dense_layers": 2, "vocab": 13, "seq_len": 12,
    }
    return result | changes


def mixture(**changes):
    return shape(d_ffn=0, d_expert=4, experts=6, top_k=2, dense_layers=0) | changes


def router(**changes):
    return {"gate": "softmax_renormalised", "balance_coefficient": 0.1, "z_coefficient": 0.01, "bias_update": 0} | changes


def optimiser(**changes):
    return {
        "learning_rate": 0.01, "beta1": 0.9, "beta2": 0.95, "epsilon": 1e-8, "weight_decay": 0.1, "clip": 1
    } | changes


CASES = {
    "dense": (shape(), router(), optimiser()),
    "dense, clipped in every step, strong decay": (
        shape(layers=1, dense_layers=1), router(), optimiser(clip=0.05, weight_decay=1)
    ),
    "renormalised softmax gate": (mixture(), router(), optimiser()),
    "softmax gate, grouped queries, a leading dense layer, shared experts": (
        mixture(heads=4, kv_heads=2, d_ffn=10, dense_layers=1, shared_experts=2), router(gate="softmax"), optimiser()
    ),
    "sigmoid gate, one key and value head": (mixture(kv_heads=1), router(gate="sigmoid"), optimiser()),
    "sigmoid gate balanced by a bias, a shared expert": (
        mixture(shared_experts=1, top_k=3),
        router(gate="sigmoid", balance_coefficient=0, z_coefficient=0, bias_update=0.02),
        optimiser(),
    ),
}


def mix(words):
    z = words.astype(np.uint64)
    z = (z ^ z >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ z >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return z ^ z >> np.uint64(31)


def words(first, count):
    return mix(np.arange(first, first + count, dtype=np.uint64))


def rule(name, first):
    if name.endswith("norm"):
        return {"first": first, "centre": 1, "scale": 0.25}
    return {"first": first, "centre": 0, "scale": 1 if name == "embedding" else 0.5}


def values(rule, size):
    whole = (words(rule["first"], int(np.prod(size))) >> np.uint64(48)).astype(np.int64) - 2**15
    return torch.from_numpy(rule["centre"] + rule["scale"] * whole.reshape(size) / 2**15)


def encoded(tensor):
    return base64.b64encode(tensor.detach().numpy().astype("<f4").tobytes()).decode()


def train(spec, rules, first_token, dtype):
    """Yields the first gradients, the steps, the trained values and the smallest gap between scores."""
    model = Transformer(spec, "padded", dtype)
    model.reports_gaps = True
    with torch.no_grad():
        for name, size in sizes(spec["architecture"]).items():
            model[name].copy_(values(rules[name], size))
    training = Training(spec, model)
    length = spec["architecture"]["seq_len"] + 1
    stream = words(first_token, STEPS * SEQUENCES * length) % np.uint64(spec["architecture"]["vocab"])
    batches = torch.from_numpy(stream.astype(np.int64)).view(STEPS, SEQUENCES, length)
    steps, smallest, gradients = [], float("inf"), {}
    for batch in batches:
        cross_entropy, auxiliary, loads, gaps = training.differentiate(batch[:, :-1], batch[:, 1:])
        smallest = min([smallest, *(float(gap) for gap in gaps)])
        gradients = gradients or {name: model[name].grad.clone() for name in rules}
        steps.append(
            {
                "cross_entropy": float(cross_entropy),
                "auxiliary": float(auxiliary),
                "gradient_norm": float(training.update(loads)),
            }
        )
    return gradients, steps, {name: model[name].detach() for name in rules}, smallest


def departure(single, double):
    """The largest difference in a tensor over its largest number, of the worst tensor."""
    return max(float((single[n].double() - double[n]).abs().max() / double[n].abs().max()) for n in double)


def case(name, number, architecture, router, optimiser):
    spec = {
        "trainer": "native", "architecture": architecture, "router": router, "initialisation": "fan_in",
        "optimiser": optimiser, "schedule": {"warmup_fraction": 0.2, "decay_fraction": 0.3, "final_fraction": 0.1},
        "batch_sequences": SEQUENCES, "steps": STEPS, "corpus": {"name": "golden", "sha256": ""},
        "evaluation": {"count": 1, "sequences": 1}, "seed": 0,
    }
    smallest = 0
    while smallest < SMALLEST_GAP:
        start = number * 100_000_000 + spec["seed"] * 1_000_000
        rules = {tensor: rule(tensor, start + 10_000 * i) for i, tensor in enumerate(sizes(architecture), 1)}
        gradients, steps, trained, smallest = train(spec, rules, start, torch.float64)
        if smallest < SMALLEST_GAP:
            spec["seed"] += 1
    single = train(spec, rules, start, torch.float32)
    print(
        f"{name}: float32 departs by {departure(single[0], gradients):.1e} in gradients, "
        f"{departure(single[2], trained):.1e} after {STEPS} steps; smallest gap of scores {smallest:.1e}",
        file=sys.stderr,
    )
    tensors = [
        {"name": n} | rules[n] | {"gradient": encoded(gradients[n]), "trained": encoded(trained[n])} for n in rules
    ]
    return {"name": name, "spec": spec, "first_token": start, "steps": steps, "tensors": tensors}


torch.set_num_threads(1)
cases = [case(name, i, *parts) for i, (name, parts) in enumerate(CASES.items(), 1)]
(here / "transformer.json").write_text(json.dumps(cases, indent=1) + "\n")
