"""The trainer protocol: one JSON object a line on standard output."""

import json
import math


class Output:
    """Where events go; `speaks` in one process of a run alone."""

    def __init__(self, stream, speaks=True):
        self.stream, self.speaks = stream, speaks

    def tell(self, event, **fields):
        """Prints an event at once, without the fields that are None; returns it."""
        fields = {"event": event} | {name: value for name, value in fields.items() if value is not None}
        self.repeat(fields)
        return fields

    def repeat(self, event):
        if self.speaks:
            self.stream.write(json.dumps(event, allow_nan=False) + "\n")
            self.stream.flush()


class DivergenceWatch:
    """Decides when a run has left the range of a model that learns: its loss or gradient is no number, or its loss has
    stood above twice that of guessing, 2·ln V, for `PATIENCE` steps in a row."""

    PATIENCE = 20

    def __init__(self, vocab, above=0):
        self.bound, self.above = 2 * math.log(vocab), above

    def reason(self, loss, norm):
        """Why to stop after a step with this loss and gradient norm, or None."""
        if not math.isfinite(loss):
            return "the loss is not a number"
        if not math.isfinite(norm):
            return "the gradient is not a number"
        self.above = self.above + 1 if loss > self.bound else 0
        if self.above < self.PATIENCE:
            return None
        return f"the loss stood above 2·ln(vocab) = {self.bound:.2f} for {self.above} steps"


class Loads:
    """Token-expert pairs of each expert, summed over steps: [MoE layers][E]."""

    def __init__(self, counts=()):
        self.counts = [list(layer) for layer in counts]

    def add(self, loads):
        counts = [layer.tolist() for layer in loads]
        if self.counts:
            counts = [[a + b for a, b in zip(*pair)] for pair in zip(self.counts, counts, strict=True)]
        self.counts = counts

    @staticmethod
    def max_over_mean(layer):
        return max(layer) * len(layer) / max(1, sum(layer))

    def mean_max_over_mean(self):
        return sum(map(self.max_over_mean, self.counts)) / max(1, len(self.counts))

    def metrics(self, first_block):
        """Name and value of what the end of a run tells of its routers."""
        if not self.counts:
            return
        yield "router_max_over_mean", self.mean_max_over_mean()
        yield "router_dead_experts", float(sum(layer.count(0) for layer in self.counts))
        for block, layer in enumerate(self.counts, first_block):
            yield f"{block}.router_max_over_mean", self.max_over_mean(layer)
            yield f"{block}.router_dead_share", layer.count(0) / len(layer)
