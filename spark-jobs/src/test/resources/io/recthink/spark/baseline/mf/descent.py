"""Stochastic gradient descent on matrix factorisation in double precision: python descent.py > descent.json (numpy 2).

The step is the negative gradient of the objective of one rating, halved; the gradient is taken from the objective as it
stands in `objective`, by central differences, so that no derivative is written down twice.
"""
import json

import numpy as np

DELTA = 0.25
USERS, ITEMS, D, RATE, FACTOR_PENALTY, BIAS_PENALTY = 5, 6, 3, 0.05, 0.04, 0.02
H = 1e-6


def loss(kind, error):
    if kind == "squared":
        return error * error
    size = abs(error)
    huber = error * error / 2 if size <= DELTA else DELTA * (size - DELTA / 2)
    return huber * 2 / DELTA


def objective(kind, biases, mean, y, x):
    """x = b_u, b_i, p_u, q_i"""
    bu, bi, p, q = x[0], x[1], x[2:2 + D], x[2 + D:]
    if not biases:
        return loss(kind, y - p @ q) + FACTOR_PENALTY * (p @ p + q @ q)
    return (loss(kind, y - (mean + bu + bi + p @ q)) + BIAS_PENALTY * (bu * bu + bi * bi)
            + FACTOR_PENALTY * (p @ p + q @ q))


def gradient(kind, biases, mean, y, x):
    steps = np.eye(len(x)) * H
    return np.array([(objective(kind, biases, mean, y, x + s) - objective(kind, biases, mean, y, x - s)) / (2 * H)
                     for s in steps])


def run(kind, biases, ratings, p, q):
    y = np.array([r[2] for r in ratings])
    mean = y.mean() if kind == "squared" else np.median(y)
    bu, bi, p, q = np.zeros(USERS), np.zeros(ITEMS), p.copy(), q.copy()
    for _ in range(4):
        for u, i, rating in ratings:
            x = np.concatenate([[bu[u], bi[i]], p[u], q[i]])
            x = x - RATE * gradient(kind, biases, mean, rating, x) / 2
            bu[u], bi[i], p[u], q[i] = x[0], x[1], x[2:2 + D], x[2 + D:]
    base = mean if biases else 0.0
    predicted = [float(np.clip(base + bu[u] + bi[i] + p[u] @ q[i], 1, 5)) for u in range(USERS) for i in range(ITEMS)]
    return {"loss": kind, "biases": biases, "mean": float(mean), "userBiases": bu.tolist(), "itemBiases": bi.tolist(),
            "userFactors": p.ravel().tolist(), "itemFactors": q.ravel().tolist(), "predicted": predicted}


random = np.random.default_rng(11)
pairs = random.permutation(USERS * ITEMS)[:22]
ratings = [(int(k // ITEMS), int(k % ITEMS), float(random.integers(1, 6))) for k in pairs]
p, q = random.normal(0, 0.3, (USERS, D)), random.normal(0, 0.3, (ITEMS, D))
print(json.dumps({
    "users": [r[0] for r in ratings], "items": [r[1] for r in ratings], "ratings": [r[2] for r in ratings],
    "factors": D, "learningRate": RATE, "factorPenalty": FACTOR_PENALTY, "biasPenalty": BIAS_PENALTY,
    "userStart": p.ravel().tolist(), "itemStart": q.ravel().tolist(),
    "cases": [run(kind, biases, ratings, p, q) for kind in ("squared", "absolute") for biases in (True, False)],
}))
