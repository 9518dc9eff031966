"""The native trainer's model and its training step in PyTorch: the same mathematics, parameter by parameter.

A run spec, as `worker train` reads it, gives the shape, router, optimiser and schedule. Parameters carry the native
trainer's names and shapes. Products may be in bfloat16; the residual stream, norms, routers, losses and weights stay in
the parameters' own type.
"""

import contextlib
import math

import torch
import torch.nn.functional as F

from experts import WAYS

EPSILON = 1e-5
ROPE_BASE = 10_000.0


class Dispatch(torch.autograd.Function):
    """Copies each token's row to the places of its pairs [T, d] → [P, d]; back, sums them without an atomic add."""

    @staticmethod
    def forward(ctx, x, tokens, places):
        ctx.save_for_backward(places)
        return x.index_select(0, tokens)

    @staticmethod
    def backward(ctx, d_out):
        (places,) = ctx.saved_tensors
        return d_out.index_select(0, places.view(-1)).view(*places.shape, -1).sum(1), None, None


class Combine(torch.autograd.Function):
    """Sums the rows of each token's pairs [P, d] → [T, d]."""

    @staticmethod
    def forward(ctx, x, tokens, places):
        ctx.save_for_backward(tokens)
        return x.index_select(0, places.view(-1)).view(*places.shape, -1).sum(1)

    @staticmethod
    def backward(ctx, d_out):
        (tokens,) = ctx.saved_tensors
        return d_out.index_select(0, tokens), None, None


class Transformer(torch.nn.Module):
    """A decoder-only transformer: RMSNorm before every block, rotary embedding, grouped-query attention, SwiGLU or a
    mixture of SwiGLU experts."""

    def __init__(self, spec, experts="loop", dtype=torch.float32, products=None, pool=lambda counts: counts):
        """`products` is the type of products, the parameters' own without it. `pool` sums over all processes how many
        tokens each expert got, so that balance is judged over the whole batch."""
        super().__init__()
        self.products = products or dtype
        self.pool = pool
        self.shape = shape = spec["architecture"]
        self.router = spec["router"]
        self.experts = WAYS[experts]
        self.head_dim = shape["d_model"] // shape["heads"]
        self.reports_gaps = False
        self.weights = torch.nn.ParameterDict(
            {
                key(name): torch.nn.Parameter(torch.zeros(size, dtype=dtype))
                for name, size in sizes(shape).items()
            }
        )
        routers = shape["layers"] - shape["dense_layers"]
        self.register_buffer("bias", torch.zeros(routers, shape["experts"], dtype=dtype))
        half = self.head_dim // 2
        angles = torch.outer(
            torch.arange(shape["seq_len"], dtype=torch.float64),
            ROPE_BASE ** (-torch.arange(half, dtype=torch.float64) / half),
        )
        self.register_buffer("cosines", angles.cos().to(dtype))
        self.register_buffer("sines", angles.sin().to(dtype))

    def __getitem__(self, name):
        """The parameter of that name."""
        return self.weights[key(name)]

    def named_weights(self):
        """Every parameter with its name."""
        return [(name.replace("/", "."), parameter) for name, parameter in self.weights.items()]

    def matrix(self, name):
        """The parameter of that name as a factor of a product."""
        return self[name].to(self.products)

    def forward(self, inputs, targets):
        """inputs, targets [sequences, s]. Returns the mean cross-entropy, the auxiliary losses, the tokens of each
        expert [MoE layers, E] and, if asked for, the smallest gap between a chosen and another score."""
        x = F.embedding(inputs.reshape(-1), self["embedding"])
        auxiliary, loads, gaps = x.new_zeros(()), [], []
        for layer in range(self.shape["layers"]):
            normed = self.norm(x, f"{layer}.attention_norm")
            x = x + self.attention(normed, layer, inputs.shape[0])
            normed = self.norm(x, f"{layer}.feed_forward_norm")
            if layer < self.shape["dense_layers"]:
                x = x + self.swiglu(normed, f"{layer}.dense")
            else:
                added, loss, counts, gap = self.mixture(normed, layer)
                x, auxiliary = x + added, auxiliary + loss
                loads.append(counts)
                gaps.append(gap)
        logits = self.norm(x, "final_norm").to(self.products) @ self.matrix("output").t()
        return F.cross_entropy(logits.to(x.dtype), targets.reshape(-1)), auxiliary, loads, gaps

    def norm(self, x, name):
        return F.rms_norm(x, x.shape[-1:], self[name].view(-1), EPSILON)

    def attention(self, x, layer, sequences):
        heads, kv_heads = self.shape["heads"], self.shape["kv_heads"]
        projected = (x.to(self.products) @ self.matrix(f"{layer}.query_key_value")).view(
            sequences, -1, heads + 2 * kv_heads, self.head_dim
        )
        rotated, values = projected.split([heads + kv_heads, kv_heads], dim=2)
        left, right = rotated.chunk(2, dim=-1)
        cosines, sines = self.cosines[:, None], self.sines[:, None]
        rotated = torch.cat([left * cosines - right * sines, left * sines + right * cosines], -1)
        rotated = rotated.to(self.products)
        queries, keys = rotated.split([heads, kv_heads], dim=2)
        attended = F.scaled_dot_product_attention(
            queries.transpose(1, 2), keys.transpose(1, 2), values.transpose(1, 2),
            is_causal=True, enable_gqa=heads != kv_heads,
        )
        return attended.transpose(1, 2).reshape(x.shape) @ self.matrix(f"{layer}.attention_output")

    def swiglu(self, x, name):
        gate, up = (x.to(self.products) @ self.matrix(f"{name}.gate_up")).chunk(2, dim=-1)
        return (F.silu(gate) * up) @ self.matrix(f"{name}.down")

    def mixture(self, x, layer):
        count, k = self.shape["experts"], self.shape["top_k"]
        gate = self.router["gate"]
        logits = x @ self[f"{layer}.router"]
        if gate == "sigmoid":
            scores = logits.sigmoid()
            probabilities = scores / scores.sum(-1, keepdim=True)
        else:
            scores = probabilities = logits.softmax(-1)
        biased = scores.detach() + self.bias[layer - self.shape["dense_layers"]]
        best, chosen = biased.topk(min(k + 1, count) if self.reports_gaps else k, dim=-1)
        gap = (best[:, k - 1] - best[:, k]).min() if best.shape[1] > k else None
        chosen = chosen[:, :k]
        weights = scores.gather(1, chosen)
        if gate != "softmax":
            weights = weights / weights.sum(-1, keepdim=True)

        flat = chosen.reshape(-1)
        counts = torch.bincount(flat, minlength=count)
        order = flat.argsort(stable=True)
        tokens = order // k
        places = torch.empty_like(order)
        places[order] = torch.arange(order.shape[0], device=order.device)
        places = places.view(-1, k)
        output = self.experts(
            Dispatch.apply(x.to(self.products), tokens, places),
            weights.view(-1, 1).index_select(0, order).to(self.products),
            self.matrix(f"{layer}.experts.gate_up"), self.matrix(f"{layer}.experts.down"), counts,
        )
        output = Combine.apply(output, tokens, places)
        if self.shape["shared_experts"] > 0:
            output = output + self.swiglu(x, f"{layer}.shared")

        counts = self.pool(counts)
        overlap = (counts.to(x.dtype) @ probabilities.mean(0)) / counts.sum()
        auxiliary = (
            self.router["balance_coefficient"] * count * overlap
            + self.router["z_coefficient"] * logits.logsumexp(-1).square().mean()
        )
        return output, auxiliary, counts, gap

    @torch.no_grad()
    def balance(self, loads):
        """Moves each selection bias one step towards balance."""
        step = self.router["bias_update"]
        if step > 0:
            for bias, counts in zip(self.bias, loads, strict=True):
                bias += step * torch.sign(counts.sum() - counts * counts.shape[0])


class Training:
    """AdamW with clipping by the global norm and a warm-up, stable, decay schedule."""

    def __init__(self, spec, model, forward=None):
        self.model, self.optimiser, self.schedule = model, spec["optimiser"], spec["schedule"]
        self.steps, self.step = spec["steps"], 0
        self.forward = model if forward is None else forward
        gains = [p for name, p in model.named_weights() if name.endswith("norm")]
        matrices = [p for name, p in model.named_weights() if not name.endswith("norm")]
        self.parameters = matrices + gains
        self.adamw = torch.optim.AdamW(
            [
                {"params": matrices, "weight_decay": self.optimiser["weight_decay"]},
                {"params": gains, "weight_decay": 0.0},
            ],
            lr=self.optimiser["learning_rate"],
            betas=(self.optimiser["beta1"], self.optimiser["beta2"]),
            eps=self.optimiser["epsilon"],
            fused=True,
        )

    @torch.no_grad()
    def restart(self):
        """Forgets every step, in place."""
        self.step = 0
        self.model.bias.zero_()
        for state in self.adamw.state.values():
            for tensor in state.values():
                tensor.zero_()

    def differentiate(self, inputs, targets, rows=None):
        """Leaves the gradients in the parameters. The batch goes through the model in parts of `rows` sequences, whose
        gradients add up; the auxiliary losses are then means over the parts."""
        self.adamw.zero_grad(set_to_none=True)
        rows = rows or len(inputs)
        losses, loads, gaps = torch.zeros(2, dtype=torch.float64, device=inputs.device), [], []
        for first in range(0, len(inputs), rows):
            part = slice(first, first + rows)
            share = len(inputs[part]) / len(inputs)
            is_last = first + rows >= len(inputs)
            with contextlib.nullcontext() if is_last else self.alone():
                cross_entropy, auxiliary, counts, gaps = self.forward(inputs[part], targets[part])
                ((cross_entropy + auxiliary) * share).backward()
            losses += share * torch.stack([cross_entropy.detach(), auxiliary.detach()])
            loads = [a + b for a, b in zip(loads, counts, strict=True)] if loads else counts
        return losses[0], losses[1], loads, gaps

    def alone(self):
        """Gradients that other processes need not know yet."""
        distributed = isinstance(self.forward, torch.nn.parallel.DistributedDataParallel)
        return self.forward.no_sync() if distributed else contextlib.nullcontext()

    def update(self, loads):
        """One step; returns the norm of the gradients before clipping."""
        self.step += 1
        norm = torch.nn.utils.get_total_norm([p.grad for p in self.parameters])
        torch.nn.utils.clip_grads_with_norm_(self.parameters, self.optimiser["clip"], norm)
        for group in self.adamw.param_groups:
            group["lr"] = self.learning_rate(self.step)
        self.adamw.step()
        self.model.balance(loads)
        return norm

    def learning_rate(self, step):
        warmup = max(1, math.floor(self.schedule["warmup_fraction"] * self.steps + 0.5))
        decay = math.floor(self.schedule["decay_fraction"] * self.steps + 0.5)
        peak = self.optimiser["learning_rate"]
        if step < warmup:
            return peak * step / warmup
        decayed = step - (self.steps - decay)
        return peak if decayed <= 0 else peak * self.schedule["final_fraction"] ** (decayed / decay)


def key(name):
    """A parameter dictionary allows no dot in a name."""
    return name.replace(".", "/")


def sizes(shape):
    """The size of each parameter by its name."""
    d = shape["d_model"]
    head_dim = d // shape["heads"]
    result = {"embedding": (shape["vocab"], d), "output": (shape["vocab"], d)}

    def swiglu(name, width, *stack):
        result[f"{name}.gate_up"] = (*stack, d, 2 * width)
        result[f"{name}.down"] = (*stack, width, d)

    for layer in range(shape["layers"]):
        projected = (shape["heads"] + 2 * shape["kv_heads"]) * head_dim
        result[f"{layer}.attention_norm"] = result[f"{layer}.feed_forward_norm"] = (1, d)
        result[f"{layer}.query_key_value"] = (d, projected)
        result[f"{layer}.attention_output"] = (d, d)
        if layer < shape["dense_layers"]:
            swiglu(f"{layer}.dense", shape["d_ffn"])
            continue
        result[f"{layer}.router"] = (d, shape["experts"])
        swiglu(f"{layer}.experts", shape["d_expert"], shape["experts"])
        if shape["shared_experts"] > 0:
            swiglu(f"{layer}.shared", shape["shared_experts"] * shape["d_expert"])
    result["final_norm"] = (1, d)
    return result
