"""A run from its first to its last step."""

import math
import time

import torch

from checkpoints import log, restore, state_tensors, weight_tensors
from corpus import WindowOrder
from events import DivergenceWatch, Loads
from initialisation import initialise
from transformer import Training, Transformer

EVENTS = 200


class SpecError(Exception):
    """A spec that this trainer cannot train."""


class TrainingRun:
    def __init__(self, spec, corpus, ranks, output, checkpoints, options):
        self.spec, self.corpus, self.ranks = spec, corpus, ranks
        self.output, self.checkpoints, self.options = output, checkpoints, options
        self.shape = spec["architecture"]
        self.windows = self.split("train")
        self.validation = self.split("validation")
        if corpus.vocabulary > self.shape["vocab"]:
            raise SpecError(f"vocab is {self.shape['vocab']}; the corpus has tokens up to {corpus.vocabulary - 1}")
        products = getattr(torch, options.products)
        self.model = Transformer(spec, self.experts(products), products=products, pool=ranks.pool)
        initialise(self.model, spec)
        self.model.to(ranks.device)
        self.training = Training(spec, self.model, ranks.wrap(self.model))
        self.order = WindowOrder(self.windows.count, spec["seed"])
        self.steps, self.batch = spec["steps"], spec["batch_sequences"]
        self.batch_tokens = self.batch * self.shape["seq_len"]
        self.watch = DivergenceWatch(self.shape["vocab"])
        # All else that shapes what comes, as a checkpoint keeps it.
        self.state = {
            "step": 0, "told": [], "wall": 0.0, "cpu": 0.0, "above": 0, "validation": None,
            "final_steps": 0, "final_loss": 0.0, "final_loads": [],
            "mean": [0, 0.0, 0.0, 0.0],
        }

    def split(self, name):
        windows = self.corpus.windows(name, self.shape["seq_len"])
        if windows.count == 0:
            raise SpecError(f"the {name} split is shorter than one sequence of {self.shape['seq_len']} tokens")
        return windows

    def experts(self, products):
        """A grouped product where GPUs have one, an expert after the other elsewhere."""
        aligned = self.shape["d_model"] % 8 == 0 and self.shape["d_expert"] % 8 == 0
        return "grouped" if self.ranks.device.type == "cuda" and products == torch.bfloat16 and aligned else "loop"

    def train(self, is_stopping):
        """Trains to the end; returns False when it was asked to stop, and is saved."""
        self.start()
        self.mark = (self.state["step"], time.monotonic())
        while self.state["step"] < self.steps:
            wishes = self.advance(is_stopping(), self.is_due())
            if wishes is None:
                return True
            stops, saves = wishes
            if self.state["step"] < self.steps and (stops or saves):
                self.save()
                if stops:
                    return False
        self.finish()
        return True

    def start(self):
        """Resumes if it can, and says where it begins."""
        environment = dict(self.checkpoints.environment)
        if found := self.checkpoints.newest():
            path, self.state, writer, tensors = found
            restore(tensors, self.state["step"], self.model, self.training.adamw)
            self.training.step = self.state["step"]
            self.watch.above = self.state["above"]
            environment["resumed_from"] = str(path)
            for name, value in writer.items():
                if value != environment.get(name):
                    environment[f"resumed_{name}"] = value
            if self.ranks.leads:
                log(f"resumes after step {self.state['step']}, from {path}")
        self.ranks.wait()
        total, active = parameters(self.shape)
        self.output.tell(
            "started", parameters=total, active_parameters=active, first_step=self.state["step"],
            epochs=self.epochs, environment=environment,
        )
        for event in self.state["told"]:
            self.output.repeat(event)

    @property
    def epochs(self):
        return self.steps * self.batch_tokens / (self.windows.count * self.shape["seq_len"])

    def advance(self, is_stopping, is_due):
        """One step and what follows from it. Returns whether any process was asked to stop, and whether a checkpoint is
        due by the clock of the one that leads; None when the run diverged."""
        state, step = self.state, self.state["step"] + 1
        begun = time.monotonic(), time.process_time()
        first = state["step"] * self.batch
        inputs, targets = self.load(self.windows, [self.order[first + i] for i in range(self.batch)])
        loss, _, loads, _ = self.training.differentiate(inputs, targets, self.options.micro_sequences)
        norm = self.training.update(loads).item()
        loss, stops, saves = self.ranks.total(
            loss.item() / self.ranks.count, float(is_stopping), float(is_due and self.ranks.leads)
        )
        state["wall"] += time.monotonic() - begun[0]
        state["cpu"] += time.process_time() - begun[1]
        state["step"] = step
        if reason := self.watch.reason(loss, norm):
            return self.diverge(reason)
        state["above"] = self.watch.above
        spread = Loads()
        spread.add(loads)
        state["mean"] = [a + b for a, b in zip(state["mean"], [1, loss, norm, spread.mean_max_over_mean()])]
        if step > self.steps - max(1, self.steps // 20):
            state["final_steps"] += 1
            state["final_loss"] += loss
            final = Loads(state["final_loads"])
            final.add(loads)
            state["final_loads"] = final.counts
        if step % -(-self.steps // EVENTS) == 0 or step == self.steps:
            self.report(step)
        count = max(1, min(self.spec["evaluation"]["count"], self.steps))
        if step * count // self.steps > (step - 1) * count // self.steps and not self.evaluate(step):
            return None
        return stops > 0, saves > 0

    def load(self, windows, indices):
        """This process's share of those windows, on its device."""
        return [torch.from_numpy(part).to(self.ranks.device) for part in windows[self.ranks.share(indices)]]

    def report(self, step):
        steps, loss, norm, spread = self.state["mean"]
        self.state["mean"] = [0, 0.0, 0.0, 0.0]
        self.tell(
            "step", step=step, tokens=step * self.batch_tokens, loss=loss / steps,
            lr=self.training.learning_rate(step), grad_norm=norm / steps,
            balance={"max_over_mean": spread / steps} if self.shape["experts"] else None,
        )

    @torch.no_grad()
    def evaluate(self, step):
        """The loss on the validation windows: the same ones every time. Returns False when it is no number."""
        count = min(self.spec["evaluation"]["sequences"], self.validation.count)
        chosen = self.ranks.share([i * self.validation.count // count for i in range(count)])
        rows = self.options.micro_sequences or -(-self.batch // self.ranks.count)
        pool, self.model.pool = self.model.pool, lambda counts: counts
        total = 0.0
        for first in range(0, len(chosen), rows):
            part = chosen[first : first + rows]
            inputs, targets = (torch.from_numpy(half).to(self.ranks.device) for half in self.validation[part])
            total += self.model(inputs, targets)[0].item() * len(part)
        self.model.pool = pool
        (total,) = self.ranks.total(total)
        loss = total / count
        if not math.isfinite(loss):
            return self.diverge("the validation loss is not a number")
        self.state["validation"] = loss
        self.tell(
            "eval", step=step, tokens=step * self.batch_tokens, split="validation", loss=loss,
            bits_per_byte=self.corpus.bits_per_byte(loss, "validation"),
        )
        return True

    def diverge(self, reason):
        self.output.tell("diverged", step=self.state["step"], reason=reason)

    def tell(self, event, **fields):
        self.state["told"].append(self.output.tell(event, **fields))

    def is_due(self):
        step, moment = self.mark
        steps, minutes = self.options.checkpoint_steps, self.options.checkpoint_minutes
        by_steps = steps > 0 and self.state["step"] + 1 - step >= steps
        return by_steps or (minutes > 0 and time.monotonic() - moment >= 60 * minutes)

    def save(self):
        self.mark = (self.state["step"], time.monotonic())
        if self.ranks.leads:
            tensors = state_tensors(self.model, self.training.adamw)
            path = self.checkpoints.save(self.state["step"], tensors, self.state)
            self.output.tell("checkpoint", step=self.state["step"], path=path)
        self.ranks.wait()

    def finish(self):
        state, tokens = self.state, self.steps * self.batch_tokens
        if self.ranks.leads:
            self.checkpoints.save_weights(weight_tensors(self.model))
        for name, value in Loads(state["final_loads"]).metrics(self.shape["dense_layers"]):
            self.output.tell("metric", name=name, value=value, step=self.steps)
        self.output.tell(
            "finished", loss=state["final_loss"] / state["final_steps"], validation_loss=state["validation"],
            bits_per_byte=self.corpus.bits_per_byte(state["validation"], "validation"), tokens=tokens,
            flops=float(flops_per_token(self.shape)) * tokens, epochs=self.epochs, seconds=state["wall"],
            cpu_seconds=state["cpu"],
        )


def check(spec, processes):
    """Raises SpecError for what this trainer cannot do."""
    missing = [
        name
        for name in ("architecture", "router", "optimiser", "schedule", "batch_sequences", "steps", "corpus", "seed")
        if name not in spec
    ]
    if missing:
        raise SpecError(f"the run spec has no {', '.join(missing)}")
    for name in ("batch_sequences", "steps"):
        if spec[name] < 1:
            raise SpecError(f"{name} is {spec[name]}; it must be at least 1")
    if spec["batch_sequences"] % processes:
        raise SpecError(
            f"{processes} processes cannot share {spec['batch_sequences']} sequences evenly;"
            " start a number that divides batch_sequences"
        )


def parameters(shape):
    """All parameters, and those that one token meets."""
    d, head_dim = shape["d_model"], shape["d_model"] // shape["heads"]
    moe, expert = shape["layers"] - shape["dense_layers"], 3 * d * shape["d_expert"]
    common = (
        2 * shape["vocab"] * d
        + shape["layers"] * (2 * d * d + 2 * d * shape["kv_heads"] * head_dim + 2 * d)
        + d
        + shape["dense_layers"] * 3 * d * shape["d_ffn"]
        + moe * (shape["shared_experts"] * expert + shape["experts"] * d)
    )
    return common + moe * shape["experts"] * expert, common + moe * shape["top_k"] * expert


def flops_per_token(shape):
    """M: three times the forward operations, without embedding, router and logits."""
    d, head_dim = shape["d_model"], shape["d_model"] // shape["heads"]
    moe = shape["layers"] - shape["dense_layers"]
    width = (shape["top_k"] + shape["shared_experts"]) * shape["d_expert"]
    attention = shape["layers"] * (4 * d * (d + shape["kv_heads"] * head_dim) + 4 * shape["seq_len"] * d)
    return 3 * (attention + 6 * d * (shape["dense_layers"] * shape["d_ffn"] + moe * width))
