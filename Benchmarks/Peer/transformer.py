"""The native trainer's model and its training step in PyTorch: the same mathematics, parameter by parameter.

A run spec, as `worker train` reads it, gives the shape, router, optimiser and schedule. Parameters carry the native
trainer's names and shapes.
"""

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

    def __init__(self, spec, experts="loop", dtype=torch.float32):
        super().__init__()
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
        logits = self.norm(x, "final_norm") @ self["output"].t()
        return F.cross_entropy(logits, targets.reshape(-1)), auxiliary, loads, gaps

    def norm(self, x, name):
        return F.rms_norm(x, x.shape[-1:], self[name].view(-1), EPSILON)

    def attention(self, x, layer, sequences):
        heads, kv_heads = self.shape["heads"], self.shape["kv_heads"]
        projected = (x @ self[f"{layer}.query_key_value"]).view(
            sequences, -1, heads + 2 * kv_heads, self.head_dim
        )
        rotated, values = projected.split([heads + kv_heads, kv_heads], dim=2)
        left, right = rotated.chunk(2, dim=-1)
        cosines, sines = self.cosines[:, None], self.sines[:, None]
        rotated = torch.cat([left * cosines - right * sines, left * sines + right * cosines], -1)
        queries, keys = rotated.split([heads, kv_heads], dim=2)
        attended = F.scaled_dot_product_attention(
            queries.transpose(1, 2), keys.transpose(1, 2), values.transpose(1, 2),
            is_causal=True, enable_gqa=heads != kv_heads,
        )
        return attended.transpose(1, 2).reshape(x.shape) @ self[f"{layer}.attention_output"]

    def swiglu(self, x, name):
        gate, up = (x @ self[f"{name}.gate_up"]).chunk(2, dim=-1)
        return (F.silu(gate) * up) @ self[f"{name}.down"]

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
        places[order] = torch.arange(order.shape[0])
        places = places.view(-1, k)
        output = self.experts(
            Dispatch.apply(x, tokens, places), weights.view(-1, 1).index_select(0, order),
            self[f"{layer}.experts.gate_up"], self[f"{layer}.experts.down"], counts,
        )
        output = Combine.apply(output, tokens, places)
        if self.shape["shared_experts"] > 0:
            output = output + self.swiglu(x, f"{layer}.shared")

        overlap = (counts.to(x.dtype) @ probabilities.mean(0)) / order.shape[0]
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
        parameters = dict(model.weights.items())
        gains = [p for name, p in parameters.items() if name.endswith("norm")]
        matrices = [p for name, p in parameters.items() if not name.endswith("norm")]
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

    def differentiate(self, inputs, targets):
        """Leaves the gradients in the parameters."""
        self.adamw.zero_grad(set_to_none=True)
        cross_entropy, auxiliary, loads, gaps = self.forward(inputs, targets)
        (cross_entropy + auxiliary).backward()
        return cross_entropy.detach(), auxiliary.detach(), loads, gaps

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


def initialise(model, seed):
    """Normal weights of standard deviation 1/√fan_in, 1 for the embedding, and gains of one."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.weights.items():
            if name.endswith("norm"):
                parameter.fill_(1)
                continue
            fan_in = parameter.shape[1] if name == "output" else parameter.shape[-2]
            sigma = 1.0 if name == "embedding" else fan_in**-0.5
            parameter.normal_(0, sigma, generator=generator)
