"""The native trainer's initial weights: the same numbers for the same seed, up to the last digit of a float32.

Each tensor has a stream of its own, xoshiro256** 1.0 (Blackman and Vigna, arXiv 1805.01407) seeded by SplitMix64 from
the run's seed and the tensor's name, turned into normal numbers in pairs (Box and Muller 1958). The generator is linear
over GF(2), so that many places of one stream are found by a power of its matrix and then advanced side by side.
"""

import numpy as np
import torch

from corpus import mix

LANES = 1024
WORD = np.uint64
GOLDEN = 0x9E3779B97F4A7C15


def initialise(model, spec):
    """Sets every parameter of `model` as the native trainer begins."""
    rule = spec["initialisation"]
    with torch.no_grad():
        for name, parameter in model.named_weights():
            if name.endswith("norm"):
                parameter.fill_(1)
                continue
            fan_in = parameter.shape[1] if name == "output" else parameter.shape[-2]
            if rule != "fan_in":
                sigma = rule["normal"]
            else:
                sigma = 1.0 if name == "embedding" else fan_in**-0.5
            numbers = sigma * normal(spec["seed"] ^ digest(name), parameter.numel())
            parameter.copy_(torch.from_numpy(numbers.astype(np.float32)).view(parameter.shape))


def normal(seed, count):
    """The first `count` standard normal numbers of a stream, float64."""
    uniform = uniforms(seed, count + count % 2).reshape(-1, 2)
    radius = np.sqrt(-2 * np.log(1 - uniform[:, 0]))
    angle = 2 * np.pi * uniform[:, 1]
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1).reshape(-1)[:count]


def uniforms(seed, count):
    """The first `count` numbers in [0, 1) of a stream, float64."""
    lanes = min(LANES, count)
    steps = -(-count // lanes)
    state = spread(seed_state(seed), steps, lanes)
    result = np.empty((lanes, steps))
    for step in range(steps):
        result[:, step] = (rotate(state[1] * WORD(5), 7) * WORD(9) >> WORD(11)) * 2.0**-53
        advance(state)
    return result.reshape(-1)[:count]


def advance(state):
    """One step of the generator, in place, for each lane of `state` [4, lanes]."""
    shifted = state[1] << WORD(17)
    state[2] ^= state[0]
    state[3] ^= state[1]
    state[1] ^= state[2]
    state[0] ^= state[3]
    state[2] ^= shifted
    state[3] = rotate(state[3], 45)


def rotate(word, bits):
    return word << WORD(bits) | word >> WORD(64 - bits)


def seed_state(seed):
    return [mix(seed + GOLDEN * (index + 1)) for index in range(4)]


def spread(state, steps, lanes):
    """The states `steps`, 2·`steps`, … after `state`, [4, lanes], that one first."""
    basis = from_bits(np.eye(256, dtype=np.uint8))
    advance(basis)
    jump = power(to_bits(basis), steps)
    bits = to_bits(np.array(state, WORD).reshape(4, 1))
    while bits.shape[1] < lanes:
        bits = np.concatenate([bits, product(jump, bits)], 1)
        jump = product(jump, jump)
    return from_bits(bits[:, :lanes])


def power(matrix, exponent):
    result = np.eye(256, dtype=np.uint8)
    while exponent:
        if exponent & 1:
            result = product(matrix, result)
        matrix, exponent = product(matrix, matrix), exponent >> 1
    return result


def product(left, right):
    """Over GF(2); float32 counts the 256 ones of a sum exactly, and multiplies quickly."""
    return (left.astype(np.float32) @ right.astype(np.float32)).astype(np.int32).astype(np.uint8) & 1


def to_bits(state):
    """[4, n] words → [256, n] bits."""
    shifts = np.arange(64, dtype=WORD)[:, None]
    return np.concatenate([(word[None] >> shifts & WORD(1)).astype(np.uint8) for word in state])


def from_bits(bits):
    """[256, n] bits → [4, n] words."""
    weights = (WORD(1) << np.arange(64, dtype=WORD))[:, None]
    return np.stack([(bits[64 * i : 64 * i + 64] * weights).sum(0, dtype=WORD) for i in range(4)])


def digest(name):
    """FNV-1a, 64 bits: a stable number for a name."""
    value = 0xCBF29CE484222325
    for byte in name.encode():
        value = (value ^ byte) * 0x100000001B3 & 2**64 - 1
    return value
