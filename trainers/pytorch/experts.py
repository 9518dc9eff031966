"""The experts of one block, three ways. Rows are token-expert pairs sorted by expert: P pairs, E experts.

Each way takes x [P, d], the weight of each row [P, 1], gate_up [E, d, 2w], down [E, w, d] and the number of rows of
each expert [E], and returns [P, d]: weight · (silu(x·gate) ∘ x·up)·down. The weight multiplies before the down
projection, where rows are narrower.
"""

import torch
import torch.nn.functional as F


def swiglu(gate_up, weight):
    gate, up = gate_up.chunk(2, dim=-1)
    return F.silu(gate) * up * weight


class PerExpert(torch.autograd.Function):
    """One product an expert, straight into the place of its rows."""

    @staticmethod
    def forward(ctx, x, matrices, counts):
        ctx.save_for_backward(x, matrices)
        ctx.ends = counts.cumsum(0).tolist()
        out = x.new_empty(x.shape[0], matrices.shape[2])
        start = 0
        for expert, end in enumerate(ctx.ends):
            if end > start:
                torch.mm(x[start:end], matrices[expert], out=out[start:end])
            start = end
        return out

    @staticmethod
    def backward(ctx, d_out):
        x, matrices = ctx.saved_tensors
        dx = torch.empty_like(x)
        d_matrices = torch.empty_like(matrices)
        start = 0
        for expert, end in enumerate(ctx.ends):
            rows = d_out[start:end]
            if end > start:
                torch.mm(rows, matrices[expert].t(), out=dx[start:end])
                torch.mm(x[start:end].t(), rows, out=d_matrices[expert])
            else:
                d_matrices[expert].zero_()
            start = end
        return dx, d_matrices, None


@torch.compiler.disable
def per_expert_product(x, matrices, counts):
    return PerExpert.apply(x, matrices, counts)


def loop(x, weight, gate_up, down, counts):
    """A loop over the experts in Python, with no autograd node for each."""
    activated = swiglu(per_expert_product(x, gate_up, counts), weight)
    return per_expert_product(activated, down, counts)


@torch.compiler.disable
def grouped_product(x, matrices, counts):
    """Not compiled: tracing it asks for bfloat16 where running it does not."""
    return F.grouped_mm(x, matrices, offs=counts.cumsum(0, dtype=torch.int32))


def grouped(x, weight, gate_up, down, counts):
    """PyTorch's grouped product."""
    return grouped_product(swiglu(grouped_product(x, gate_up, counts), weight), down, counts)


def padded(x, weight, gate_up, down, counts):
    """A batched product over experts padded to the busiest."""
    experts, rows = counts.shape[0], int(counts.max())
    expert = torch.repeat_interleave(counts, output_size=x.shape[0])
    place = torch.arange(x.shape[0], device=x.device) - (counts.cumsum(0) - counts)[expert] + expert * rows
    batch = x.new_zeros(experts * rows, x.shape[1]).index_copy(0, place, x)
    weights = weight.new_zeros(experts * rows, 1).index_copy(0, place, weight)
    activated = swiglu(
        batch.view(experts, rows, -1) @ gate_up, weights.view(experts, rows, 1)
    )
    return (activated @ down).view(experts * rows, -1).index_select(0, place)


WAYS = {"loop": loop, "grouped": grouped, "padded": padded}
