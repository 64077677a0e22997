"""Numbers that the metrics are checked against: python referee.py > referee.json

(numpy 2, scipy 1, scikit-learn 1, statsmodels 0.14.)

The draws of the bootstrap repeat java.util.SplittableRandom, so that intervals agree to rounding; the plain
numpy bootstrap beside them, with draws of its own, shows that they are right and not only equal.
"""
import json

import numpy as np
from scipy import integrate, optimize, sparse, stats
from sklearn import isotonic, metrics
from statsmodels.stats import multitest

MASK = (1 << 64) - 1
GAMMA = 0x9E3779B97F4A7C15


def mix(z):
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def longs(seed, count):
    return [mix((seed + (i + 1) * GAMMA) & MASK) for i in range(count)]


def bootstrap(counts, absolute, squared, draws):
    rows = draws @ counts
    return draws @ absolute / rows[:, None], np.sqrt(draws @ squared / rows[:, None])


def interval(values, confidence):
    tail = 100 * (1 - confidence) / 2
    return np.percentile(values, [tail, 100 - tail]).tolist()


def bias_model(users, items, y, alternations=15, damping=10.0):
    mu = y.mean()
    bu, bi = np.zeros(users.max() + 1), np.zeros(items.max() + 1)
    nu, ni = np.bincount(users), np.bincount(items)
    for _ in range(alternations):
        bi = np.bincount(items, y - mu - bu[users]) / (ni + damping)
        bu = np.bincount(users, y - mu - bi[items]) / (nu + damping)
    return mu, bu, bi


def trivial(train, test, user, item, y, features):
    """The trivial rows: fitted on the rows of train, predicted for those of test."""
    mu, median = y[train].mean(), np.median(y[train])
    values, counts = np.unique(y[train], return_counts=True)
    rows = {"constant-median": np.full(len(test), median), "constant-mode": np.full(len(test), values[counts.argmax()]),
            "global-mean": np.full(len(test), mu)}
    for name, key in (("user", user), ("item", item)):
        own = [y[train][key[train] == k] for k in key[test]]
        rows[name + "-mean"] = np.array([(o.sum() + 5 * mu) / (len(o) + 5) for o in own])
        rows[name + "-median"] = np.array([np.median(o) if len(o) else median for o in own])
    _, bu, bi = bias_model(user[train], item[train], y[train])
    known_user, known_item = np.isin(user[test], user[train]), np.isin(item[test], item[train])
    bu, bi = np.append(bu, np.zeros(99)), np.append(bi, np.zeros(99))
    rows["bias"] = np.clip(mu + np.where(known_user, bu[user[test]], 0) + np.where(known_item, bi[item[test]], 0), 1, 5)
    filled = features.copy()
    filled[:, :2] = np.where(np.isnan(filled[:, :2]), mu, filled[:, :2])
    design = np.column_stack([np.ones(len(y)), filled])
    weights = np.linalg.lstsq(design[train], y[train], rcond=None)[0]
    rows["prompt-means"] = np.clip(design[test] @ weights, 1, 5)
    return rows


def least_absolute_deviations(design, y):
    """The smallest sum of absolute residuals, and weights that reach it, by linear programming."""
    rows, columns = design.shape
    cost = np.concatenate([np.zeros(columns), np.ones(2 * rows)])
    equal = sparse.hstack([design, sparse.identity(rows), -sparse.identity(rows)])
    found = optimize.linprog(cost, A_eq=equal, b_eq=y, bounds=[(None, None)] * columns + [(0, None)] * 2 * rows)
    return found.fun, found.x[:columns]


def isotonic_absolute(x, y):
    """The smallest sum of absolute residuals of any monotone function of x, by linear programming."""
    values, place = np.unique(x, return_inverse=True)
    rows, columns = len(y), len(values)
    cost = np.concatenate([np.zeros(columns), np.ones(2 * rows)])
    hit = sparse.csr_matrix((np.ones(rows), (np.arange(rows), place)), shape=(rows, columns))
    equal = sparse.hstack([hit, sparse.identity(rows), -sparse.identity(rows)])
    step = sparse.hstack([sparse.eye(columns - 1, columns) - sparse.eye(columns - 1, columns, 1),
                          sparse.csr_matrix((columns - 1, 2 * rows))])
    bounds = [(None, None)] * columns + [(0, None)] * 2 * rows
    return optimize.linprog(cost, A_eq=equal, b_eq=y, A_ub=step, b_ub=np.zeros(columns - 1), bounds=bounds).fun


def crps(probabilities, truth):
    """By numerical integration over the scale from 1 to 5."""
    cumulative = np.cumsum(probabilities)
    square = lambda x: (cumulative[min(int(x) - 1, len(cumulative) - 1)] - (x >= truth)) ** 2
    return sum(integrate.quad(square, a, b)[0] for a, b in ((k / 2, (k + 1) / 2) for k in range(2, 10)))


def pair_accuracy(user, truth, yhat):
    points, pairs = 0.0, 0
    for i in range(len(user)):
        for j in range(i):
            if user[i] == user[j] and truth[i] != truth[j]:
                pairs += 1
                order = np.sign(truth[i] - truth[j]) * np.sign(yhat[i] - yhat[j])
                points += (1 + order) / 2
    return points / pairs


def system(user, truth, yhat):
    """Every column of the table for one system."""
    error = np.abs(yhat - truth)
    line = stats.linregress(yhat, truth)
    _, counts = np.unique(yhat, return_counts=True)
    return {
        "mae": metrics.mean_absolute_error(truth, yhat), "rmse": metrics.root_mean_squared_error(truth, yhat),
        "maeMacro": np.mean([error[truth == k].mean() for k in np.unique(truth)]),
        "maeUser": np.mean([error[user == u].mean() for u in np.unique(user)]),
        "maeRounded": metrics.mean_absolute_error(truth, np.round(yhat)),
        "spearman": stats.spearmanr(yhat, truth).statistic, "pairAccuracy": pair_accuracy(user, truth, yhat),
        "slope": line.slope, "intercept": line.intercept, "bias": yhat.mean() - truth.mean(),
        "varianceRatio": yhat.var() / truth.var(), "integerShare": np.mean(yhat == np.round(yhat)),
        "modalShare": counts.max() / len(yhat),
    }


def main():
    random = np.random.default_rng(5)
    n, users, systems, resamples, confidence, seed = 300, 40, 3, 500, 0.9, 17
    user = random.integers(0, users, n)
    user[:users] = np.arange(users)
    truth = random.integers(1, 6, n).astype(float)
    yhat = np.round(np.clip(truth[:, None] + random.normal(0, [1.0, 1.1, 0.5], (n, systems)), 1, 5), 2)
    error = yhat - truth[:, None]
    counts = np.bincount(user, minlength=users)
    absolute = np.stack([np.bincount(user, np.abs(error[:, s]), users) for s in range(systems)], 1)
    squared = np.stack([np.bincount(user, error[:, s] ** 2, users) for s in range(systems)], 1)

    draws = np.zeros((resamples, users))
    for b, resample in enumerate(longs(seed, resamples)):
        for z in longs(resample, users):
            draws[b, ((z >> 32) * users) >> 32] += 1
    mae, rmse = bootstrap(counts, absolute, squared, draws)
    plain = np.stack([np.bincount(random.integers(0, users, users), minlength=users) for _ in range(20000)])
    plain_mae, plain_rmse = bootstrap(counts, absolute, squared, plain.astype(float))

    item = random.integers(0, 15, n)
    mu, bu, bi = bias_model(user, item, truth)

    features = np.stack([random.uniform(1, 5, n), random.uniform(1, 5, n), random.integers(0, 9, n) * 1.0, random.integers(0, 900, n) * 1.0], 1)
    design = np.column_stack([np.ones(n), features])
    target = truth + 0.3 * features[:, 0]
    weights = np.linalg.lstsq(design, target, rcond=None)[0]
    check = optimize.minimize(lambda w: ((design @ w - target) ** 2).sum(), weights, method="BFGS")
    assert abs(check.fun - ((design @ weights - target) ** 2).sum()) < 1e-6

    # The last rows are the test rows; some of their users and items are new.
    train, test = np.arange(200), np.arange(200, n)
    shown = features.copy()
    shown[:, 2:] = np.round(shown[:, 2:])
    shown[::7, 0] = np.nan
    shown[::5, 1] = np.nan
    late_user = np.where((np.arange(n) >= 200) & (np.arange(n) % 3 == 0), user + 40, user)
    late_item = np.where((np.arange(n) >= 200) & (np.arange(n) % 4 == 0), item + 15, item)
    rows = trivial(train, test, late_user, late_item, truth, shown)
    errors = {name: predicted - truth[test] for name, predicted in rows.items()}

    deviations, lad = least_absolute_deviations(design, target)
    means = isotonic.IsotonicRegression(out_of_bounds="clip").fit(yhat[train, 1], truth[train])
    probabilities = random.dirichlet(np.ones(5), 6)
    p_values = random.uniform(0, 0.1, 12)

    print(json.dumps({
        "systems": [system(late_user[test], truth[test], yhat[test, s]) for s in range(systems)],
        "leastAbsoluteDeviations": {"sum": deviations, "weights": lad.tolist()},
        "isotonic": {"means": means.predict(yhat[test, 1]).tolist(),
                     "leastAbsolute": isotonic_absolute(yhat[train, 1], truth[train])},
        "crps": {"probabilities": probabilities.tolist(), "truth": [1, 2, 3.5, 4, 5, 3],
                 "score": [crps(p, t) for p, t in zip(probabilities, [1, 2, 3.5, 4, 5, 3])]},
        "holm": {"p": p_values.tolist(), "adjusted": multitest.multipletests(p_values, method="holm")[1].tolist()},
        "trivial": {
            "user": late_user.tolist(), "item": late_item.tolist(),
            "shown": [[None if np.isnan(v) else v for v in row] for row in shown],
            "mae": {name: np.abs(e).mean() for name, e in errors.items()},
            "rmse": {name: np.sqrt((e ** 2).mean()) for name, e in errors.items()},
        },
        "user": user.tolist(), "item": item.tolist(), "truth": truth.tolist(), "yhat": yhat.T.tolist(),
        "resamples": resamples, "confidence": confidence, "seed": seed,
        "mae": np.abs(error).mean(0).tolist(), "rmse": np.sqrt((error ** 2).mean(0)).tolist(),
        "maeInterval": [interval(mae[:, s], confidence) for s in range(systems)],
        "rmseInterval": [interval(rmse[:, s], confidence) for s in range(systems)],
        "differenceTo0": [interval(mae[:, s] - mae[:, 0], confidence) for s in range(systems)],
        "plainMaeInterval": [interval(plain_mae[:, s], confidence) for s in range(systems)],
        "plainDifferenceTo0": [interval(plain_mae[:, s] - plain_mae[:, 0], confidence) for s in range(systems)],
        "bias": {"mean": mu, "user": bu.tolist(), "item": bi.tolist()},
        "regression": {"features": features.tolist(), "target": target.tolist(), "weights": weights.tolist()},
    }))


main()
