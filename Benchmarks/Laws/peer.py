"""The joint law of efficiency leverage fitted by SciPy, for the speed benchmark.

usage: peer.py TABLE BOOTSTRAPS DELTA THETA...

TABLE has A, G, C and EL in each line. Each resample draws rows with replacement and starts at THETA, with an
analytic Jacobian. Prints one JSON object: seconds of all resamples, and the objective on the whole table, by method.
"""

import json
import sys
import time

import numpy as np
from scipy.optimize import least_squares, minimize

table = np.loadtxt(sys.argv[1], delimiter=",")
bootstraps = int(sys.argv[2])
delta = float(sys.argv[3])
warm = np.array([float(x) for x in sys.argv[4:]])
A, G, C, EL = table.T
columns = np.stack([A, np.log2(G), np.log10(C), np.log(EL)])


def model(theta, x):
    """log EL and its Jacobian by (a, d, gamma, beta, ln A_start, ln A_max)."""
    a, d, gamma, beta, log_start, log_max = theta
    A, g, c, _ = x
    start, top = np.exp(log_start), np.exp(log_max)
    shift = start / (1 - start / top)
    raised = A + shift
    share = 1 / (1 + raised / top)
    log_a = np.log(raised * share)
    exponent = a + d * c + g * (gamma * g + beta)
    by_raised = share / raised
    by_start = by_raised * shift * shift / start
    by_max = (1 - share) - by_raised * shift * shift / top
    jacobian = np.stack(
        [log_a, c * log_a, g * g * log_a, g * log_a, exponent * by_start, exponent * by_max], axis=1
    )
    return exponent * log_a, jacobian


def residuals(theta, x):
    return (model(theta, x)[0] - x[3]) / delta


def jacobian(theta, x):
    return model(theta, x)[1] / delta


def huber(theta, x):
    """Sum of Huber's loss and its gradient, for BFGS."""
    value, partial = model(theta, x)
    r = (value - x[3]) / delta
    size = np.abs(r)
    loss = np.where(size <= 1, r * r / 2, size - 0.5).sum()
    return loss, (np.clip(r, -1, 1) / delta) @ partial


lower = np.array([-50, -10, -10, -10, np.log(1e-8), np.log(1.5)])
upper = np.array([50, 10, 10, 10, np.log(0.9), np.log(1e18)])
inside = np.clip(warm, lower + 1e-6, upper - 1e-6)

METHODS = {
    "least_squares, trf": lambda x: least_squares(
        residuals, inside, jacobian, bounds=(lower, upper), loss="huber", x_scale="jac", args=(x,)
    ).x,
    "minimize, BFGS": lambda x: minimize(huber, warm, args=(x,), jac=True, method="BFGS").x,
    "minimize, L-BFGS-B": lambda x: minimize(
        huber, warm, args=(x,), jac=True, method="L-BFGS-B", bounds=list(zip(lower, upper))
    ).x,
}

seconds = {}
objectives = {}
for name, fit in METHODS.items():
    objectives[name] = float(huber(fit(columns), columns)[0])
    generator = np.random.default_rng(1)
    begun = time.perf_counter()
    for _ in range(bootstraps):
        fit(columns[:, generator.integers(0, columns.shape[1], columns.shape[1])])
    seconds[name] = time.perf_counter() - begun
print(json.dumps({"seconds": seconds, "objectives": objectives}))
