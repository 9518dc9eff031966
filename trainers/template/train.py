#!/usr/bin/env python3
"""The trainer protocol around a toy. Copy it, and put your program where the toy is; docs/trainer.md says the rest."""

import glob, hashlib, json, math, os, random, signal, sys  # noqa: E401


def tell(event, **fields):  # one JSON object a line, at once; whatever else is printed goes to standard error
    print(json.dumps({"event": event} | fields, allow_nan=False), flush=True)


def refuse(code, message):
    print(f"train: {message}", file=sys.stderr)
    sys.exit(code)


def read_spec():
    try:
        spec = json.load(open(os.environ["ORCHESTRATOR_RUN_SPEC"]))
    except (OSError, ValueError) as error:
        refuse(64, f"this is no run spec: {error}")
    if spec["steps"] < 1:
        refuse(64, f"steps is {spec['steps']}; it must be at least 1")
    manifests = glob.glob(os.environ["ORCHESTRATOR_DATA"] + "/corpora/*/manifest.json")
    if spec["corpus"]["sha256"] not in [hashlib.sha256(open(path, "rb").read()).hexdigest() for path in manifests]:
        refuse(66, f"the corpus {spec['corpus']['name']} is not in $ORCHESTRATOR_DATA/corpora")
    return spec


def flops_per_token(a):  # M: three times the forward pass, without embedding and logits
    width = (a["top_k"] + a["shared_experts"]) * a["d_expert"]
    projections = a["d_model"] * (1 + a["kv_heads"] / a["heads"])
    dense = a["dense_layers"] * a["d_ffn"] + (a["layers"] - a["dense_layers"]) * width
    return 3 * a["d_model"] * (4 * a["layers"] * (projections + a["seq_len"]) + 6 * dense)


def save(step, weights):  # whole, or not at all
    os.makedirs("checkpoints", exist_ok=True)
    with open("checkpoints/partial", "w") as file:
        json.dump([step, weights], file)
    os.rename("checkpoints/partial", f"checkpoints/{step}.json")
    tell("checkpoint", step=step, path=f"checkpoints/{step}.json")


def newest():  # of this attempt and the earlier ones, or a fresh start
    folders = [".", *filter(None, os.environ.get("ORCHESTRATOR_EARLIER_ATTEMPTS", "").split(":"))]
    saved = [json.load(open(path)) for folder in folders for path in glob.glob(folder + "/checkpoints/*.json")]
    return max(saved, default=[0, [0.0, 0.0]])


def toy_step(spec, step, weights):  # least squares by gradient descent, one point a step
    x = random.Random(spec["seed"] * spec["steps"] + step).uniform(-1, 1)
    error, rate = weights[0] + weights[1] * x - (4 + 2 * x), spec["optimiser"]["learning_rate"]
    return [weights[0] - rate * error, weights[1] - rate * error * x], error * error


def main():
    leaving = []
    signal.signal(signal.SIGTERM, lambda *_: leaving.append(True))
    spec = read_spec()
    steps, batch = spec["steps"], spec["batch_sequences"] * spec["architecture"]["seq_len"]
    step, weights = newest()
    tell("started", parameters=len(weights), active_parameters=len(weights), first_step=step)
    while step < steps:
        weights, loss = toy_step(spec, step, weights)
        step += 1
        if not math.isfinite(loss) or loss > 1e6:
            return tell("diverged", step=step, reason=f"the loss is {loss}")
        tell("step", step=step, tokens=step * batch, loss=loss)
        if leaving and step < steps:
            save(step, weights)
            sys.exit(75)
    loss = sum(toy_step(spec, -n, weights)[1] for n in range(1, 17)) / 16
    tell("eval", step=step, split="validation", loss=loss)
    flops = flops_per_token(spec["architecture"]) * steps * batch
    tell("finished", loss=loss, validation_loss=loss, tokens=steps * batch, flops=flops)


if __name__ == "__main__":
    main()
