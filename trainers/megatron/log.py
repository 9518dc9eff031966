"""Megatron's log as events of the trainer protocol."""

import math
import re

from arguments import log_interval

NUMBER = r"([-+.\dEe]+|nan|inf|-inf)"
STEP = re.compile(r"iteration\s+(\d+)/\s*(\d+) \|")
EVALUATION = re.compile(rf"validation loss at iteration (\d+)(?: on validation set)? \| lm loss value: {NUMBER}")
SAVED = re.compile(r"successfully saved checkpoint from iteration\s+(\d+) to (\S+)")
NO_NUMBER = re.compile(r"found (?:nan|inf)|number of nan iterations:\s+[1-9]", re.IGNORECASE)
TOLD_TO_LEAVE = re.compile(r"exiting program after receiving SIGTERM")


class Log:
    """Reads a run's log line by line and tells what it means. `tell` gets each event's name and fields."""

    PATIENCE = 20

    def __init__(self, spec, first, tell):
        self.spec, self.first, self.tell = spec, first, tell
        self.steps, self.step, self.saved = spec["steps"], first, first
        self.batch_tokens = spec["batch_sequences"] * spec["architecture"]["seq_len"]
        self.bound, self.above = 2 * math.log(spec["architecture"]["vocab"]), 0
        self.validation, self.evaluated = None, first
        self.final, self.seconds = [], 0.0
        self.diverged = self.told_to_leave = False

    def start(self):
        total, active = parameters(self.spec["architecture"])
        self.tell("started", parameters=total, active_parameters=active, first_step=self.first)

    def read(self, line):
        if self.diverged:
            return
        if match := EVALUATION.search(line):
            self.evaluate(int(match[1]), float(match[2]))
        elif match := STEP.search(line):
            self.advance(int(match[1]), line)
        elif (match := SAVED.search(line)) and int(match[1]) > self.saved:
            self.saved = int(match[1])
            self.tell("checkpoint", step=self.saved, path=f"checkpoints/iter_{self.saved:07d}")
        elif TOLD_TO_LEAVE.search(line):
            self.told_to_leave = True
        if not self.diverged and NO_NUMBER.search(line):
            self.diverge("the loss or the gradient is not a number")

    def advance(self, step, line):
        fields = {name: number(line, pattern) for name, pattern in FIELDS.items()}
        loss = fields.pop("loss")
        if loss is None or step <= self.step:
            return
        self.seconds += (fields.pop("milliseconds") or 0) / 1000 * (step - self.step)
        self.step = step
        if not math.isfinite(loss):
            return self.diverge("the loss is not a number")
        self.above = self.above + log_interval(self.steps) if loss > self.bound else 0
        if self.above >= self.PATIENCE:
            return self.diverge(f"the loss stood above 2·ln(vocab) = {self.bound:.2f} for {self.above} steps")
        if step > self.steps - max(1, self.steps // 20):
            self.final.append(loss)
        known = {name: value for name, value in fields.items() if value is not None and math.isfinite(value)}
        self.tell("step", step=step, tokens=step * self.batch_tokens, loss=loss, **known)

    def evaluate(self, step, loss):
        if step <= self.evaluated:  # Megatron evaluates once more after the last step
            return
        if not math.isfinite(loss):
            return self.diverge("the validation loss is not a number")
        self.evaluated, self.validation = step, loss
        self.tell("eval", step=step, tokens=step * self.batch_tokens, split="validation", loss=loss)

    def diverge(self, reason):
        self.diverged = True
        self.tell("diverged", step=self.step, reason=reason)

    @property
    def done(self):
        """Whether all steps were logged; the last few may be fewer than the log's interval."""
        return self.step + log_interval(self.steps) > self.steps

    def finish(self):
        tokens = self.steps * self.batch_tokens
        self.tell(
            "finished", loss=sum(self.final) / len(self.final), validation_loss=self.validation, tokens=tokens,
            flops=float(flops_per_token(self.spec["architecture"])) * tokens, seconds=self.seconds,
        )


FIELDS = {
    "loss": re.compile(rf"\blm loss: {NUMBER}"),
    "lr": re.compile(rf"(?<!decoupled )learning rate: {NUMBER}"),
    "grad_norm": re.compile(rf"\bgrad norm: {NUMBER}"),
    "milliseconds": re.compile(rf"elapsed time per iteration \(ms\): {NUMBER}"),
}


def number(line, pattern):
    match = pattern.search(line)
    return float(match[1]) if match else None


def parameters(a):
    """All parameters, and those that one token meets, as the orchestrator counts them."""
    d, head = a["d_model"], a["d_model"] // a["heads"]
    routing, expert = a["layers"] - a["dense_layers"], 3 * a["d_model"] * a["d_expert"]
    common = (
        2 * a["vocab"] * d + a["layers"] * (2 * d * d + 2 * d * a["kv_heads"] * head + 2 * d) + d
        + a["dense_layers"] * 3 * d * a["d_ffn"] + routing * (a["shared_experts"] * expert + a["experts"] * d)
    )
    return common + routing * a["experts"] * expert, common + routing * a["top_k"] * expert


def flops_per_token(a):
    """M: three times the forward operations, without embedding, router and logits."""
    d, head = a["d_model"], a["d_model"] // a["heads"]
    routing, width = a["layers"] - a["dense_layers"], (a["top_k"] + a["shared_experts"]) * a["d_expert"]
    attention = a["layers"] * (4 * d * (d + a["kv_heads"] * head) + 4 * a["seq_len"] * d)
    return 3 * (attention + 6 * d * (a["dense_layers"] * a["d_ffn"] + routing * width))
