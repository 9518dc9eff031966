"""A run spec as arguments of Megatron-Core's pretrain_gpt.py: those that `orchestrator plan --megatron` prints, with the
spec's own numbers, and what a run needs beside them."""

import math

EVENTS = 200


class SpecError(Exception):
    """A spec that Megatron cannot train."""


def arguments(spec, micro_batch_size=1):
    check(spec)
    flags = attention(spec["architecture"]) + feed_forward(spec["architecture"], spec["router"])
    flags += optimisation(spec) + evaluation(spec)
    flags += ["--micro-batch-size", micro_batch_size, "--seed", spec["seed"] + 1]  # Megatron's begin at 1
    return [str(flag) for flag in flags]


def quoted(flags):
    """A flag a line with its value, as a shell reads it."""
    lines = []
    for flag in flags:
        if flag.startswith("--"):
            lines.append(flag)
        else:
            lines[-1] += f' "{flag}"' if set(flag) & set("()*[]") else f" {flag}"
    return lines


def attention(a):
    flags = [
        "--num-layers", a["layers"], "--hidden-size", a["d_model"], "--num-attention-heads", a["heads"],
        "--kv-channels", a["d_model"] // a["heads"],
    ]
    if a["kv_heads"] < a["heads"]:
        flags += ["--group-query-attention", "--num-query-groups", a["kv_heads"]]
    return flags + [
        "--seq-length", a["seq_len"], "--max-position-embeddings", a["seq_len"], "--vocab-size", a["vocab"],
        "--position-embedding-type", "rope", "--normalization", "RMSNorm", "--swiglu", "--disable-bias-linear",
        "--untie-embeddings-and-output-weights", "--attention-dropout", 0, "--hidden-dropout", 0,
    ]


def feed_forward(a, router):
    width = (a["top_k"] + a["shared_experts"]) * a["d_expert"]
    flags = ["--ffn-hidden-size", a["d_ffn"] or width]
    if not a["experts"]:
        return flags
    flags += [
        "--num-experts", a["experts"], "--moe-router-topk", a["top_k"], "--moe-ffn-hidden-size", a["d_expert"],
    ]
    if a["shared_experts"]:
        flags += ["--moe-shared-expert-intermediate-size", a["shared_experts"] * a["d_expert"]]
    dense, routing = a["dense_layers"], a["layers"] - a["dense_layers"]
    flags += ["--moe-layer-freq", f"([0]*{dense}+[1]*{routing})" if dense else 1]
    balance = router["balance_coefficient"]
    flags += ["--moe-router-load-balancing-type", "aux_loss" if balance else "none"]
    if balance:
        flags += ["--moe-aux-loss-coeff", balance]
    if router["z_coefficient"]:
        flags += ["--moe-z-loss-coeff", router["z_coefficient"]]
    flags += {
        "softmax_renormalised": [],
        "softmax": ["--moe-router-pre-softmax"],
        "sigmoid": ["--moe-router-score-function", "sigmoid"],
    }[router["gate"]]
    if router["bias_update"]:
        flags += ["--moe-router-enable-expert-bias", "--moe-router-bias-update-rate", router["bias_update"]]
    return flags + ["--moe-grouped-gemm", "--moe-token-dispatcher-type", "alltoall"]


def optimisation(spec):
    o, s, steps = spec["optimiser"], spec["schedule"], spec["steps"]
    flags = [
        "--optimizer", "adam", "--adam-beta1", o["beta1"], "--adam-beta2", o["beta2"], "--adam-eps", o["epsilon"],
        "--weight-decay", o["weight_decay"], "--clip-grad", float(o["clip"]), "--init-method-std", deviation(spec),
    ]
    if spec.get("precision", "float32") == "bfloat16":
        flags += ["--bf16"]
    return flags + [
        "--lr", o["learning_rate"], "--min-lr", float(f"{o['learning_rate'] * s['final_fraction']:.4e}"),
        "--global-batch-size", spec["batch_sequences"], "--train-iters", steps,
        "--lr-warmup-iters", max(1, math.floor(steps * s["warmup_fraction"] + 1e-9)), "--lr-decay-iters", steps,
        "--lr-decay-style", "WSD", "--lr-wsd-decay-style", "exponential",
        "--lr-wsd-decay-iters", max(1, math.floor(steps * s["decay_fraction"] + 1e-9)),
    ]


def deviation(spec):
    """Megatron has one standard deviation for every matrix; by fan-in it is that of the residual stream's width."""
    given = spec["initialisation"]
    return 1 / math.sqrt(spec["architecture"]["d_model"]) if given == "fan_in" else given["normal"]


def evaluation(spec):
    steps, e = spec["steps"], spec["evaluation"]
    return [
        "--eval-interval", max(1, steps // max(1, e["count"])),
        "--eval-iters", max(1, e["sequences"] // spec["batch_sequences"]), "--log-interval", log_interval(steps),
    ]


def log_interval(steps):
    """Megatron logs means over this many steps."""
    return max(1, steps // EVENTS)


def check(spec):
    try:
        a, router = spec["architecture"], spec["router"]
        if spec["steps"] < 1 or spec["batch_sequences"] < 1:
            raise SpecError(
                f"steps is {spec['steps']} and batch_sequences {spec['batch_sequences']}; each must be at least 1"
            )
        if a["d_model"] % a["heads"] or a["heads"] % a["kv_heads"]:
            raise SpecError("d_model must be a multiple of heads, and heads one of kv_heads")
        if a["experts"] and router["bias_update"] and router["gate"] != "sigmoid":
            raise SpecError("bias_update needs the gate sigmoid in Megatron-Core; set it to 0 or change the gate")
        for name in ("optimiser", "schedule", "corpus", "evaluation", "initialisation", "seed"):
            spec[name]
    except KeyError as error:
        raise SpecError(f"the run spec has no {error.args[0]}") from error
