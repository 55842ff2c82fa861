"""Small fits in NumPy for plugins: a logistic regression with a prior, and a simplex search."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from relnet.plugin.parts import each_part
from relnet.plugin.values import Column

Floats = NDArray[np.float64]
_MANY: Final = 1 << 18
"""Rows above which every so many of them say where to begin."""
_STEP: Final = 1 << 6


def sigmoid(z: Column) -> Column:
    """Return 1 / (1 + exp(−z)), float64[n]."""
    return np.asarray(1 / (1 + np.exp(-np.clip(z, -700, 700))))


def level_for(z: Column, rate: float) -> float:
    """Return the level b at which the mean of sigmoid(z + b) is `rate`: Newton's steps, halving in [−60, 60]."""
    low, high = -60.0, 60.0
    level = level_for(z[::_STEP], rate) if len(z) > _MANY else 0.0
    for _ in range(60):
        total, slope = np.sum(each_part(partial(_risen, z, level), len(z)), axis=0).tolist()
        excess = total / len(z) - rate
        low, high = (level, high) if excess < 0 else (low, level)
        step = level - excess * len(z) / slope if slope > 0 else low
        before, level = level, step if low <= step <= high else (low + high) / 2
        if abs(level - before) < 1e-12:
            break
    return level


def _risen(z: Column, level: float, low: int, high: int) -> tuple[float, float]:
    p = sigmoid(z[low:high] + level)
    return p.sum(), (p * (1 - p)).sum()


def fit_logistic(
    x: Floats,
    outcome: Column,
    centre: Column,
    precision: Floats,
    *,
    least: float = -np.inf,
    weight: Column | None = None,
) -> tuple[Column, float]:
    """Return the most probable weights and the free level of a logistic regression, by projected Newton steps.

    Maximises log likelihood − ½ (w − centre)' precision (w − centre) with every w ≥ `least`
    (Bertsekas, SIAM J. Control 20, 1982).

    Parameters
    ----------
    x
        float64[n, k], finite.
    outcome
        float64[n], 0 or 1.
    centre, precision
        float64[k] and float64[k, k]: the normal prior of the weights.
    weight
        float64[n], what each row counts; 1 by default.
    """
    mass = np.ones(len(x)) if weight is None else weight
    weights = np.maximum(centre, least)
    rate = (float(mass @ outcome) + 0.5) / (float(mass.sum()) + 1)
    level = level_for(x @ weights, rate)

    def loss(w: Column, b: float) -> float:
        z, away = x @ w + b, w - centre
        return float(mass @ (np.logaddexp(0, z) - outcome * z) + away @ precision @ away / 2)

    now = loss(weights, level)
    for _ in range(60):
        p = sigmoid(x @ weights + level)
        residual, bend = mass * (p - outcome), mass * p * (1 - p) + 1e-12
        slope = x.T @ residual + precision @ (weights - centre)
        free = (weights > least) | (slope < 0)
        design = np.column_stack([np.ones(len(x)), x[:, free]])
        curve = (design.T * bend) @ design
        curve[1:, 1:] += precision[np.ix_(free, free)]
        step = np.linalg.solve(curve + 1e-9 * np.eye(len(curve)), np.append(residual.sum(), slope[free]))
        move = np.zeros(len(weights))
        move[free] = step[1:]
        size, then = 1.0, np.inf
        while size > 1e-6:
            tried, at = np.maximum(weights - size * move, least), level - size * float(step[0])
            then = loss(tried, at)
            if then <= now:
                break
            size /= 2
        if then >= now - 1e-9 * abs(now):
            break
        weights, level, now = tried, at, then
    return weights, level


def minimise(loss: Callable[[Column], float], start: Column, steps: int = 300) -> Column:
    """Return where a smooth function of few parameters is least: the simplex of Nelder and Mead (1965)."""
    points = [start, *(start + 0.5 * axis for axis in np.eye(len(start)))]
    values = [loss(point) for point in points]
    for _ in range(steps):
        order = np.argsort(values)
        points, values = [points[i] for i in order], [values[i] for i in order]
        if values[-1] - values[0] < 1e-4:
            break
        middle = np.mean(points[:-1], axis=0)
        mirrored = 2 * middle - points[-1]
        value = loss(mirrored)
        if value < values[0]:
            further = 3 * middle - 2 * points[-1]
            ahead = loss(further)
            points[-1], values[-1] = (further, ahead) if ahead < value else (mirrored, value)
        elif value < values[-2]:
            points[-1], values[-1] = mirrored, value
        else:
            inner = (middle + (mirrored if value < values[-1] else points[-1])) / 2
            nearer = loss(inner)
            if nearer < min(value, values[-1]):
                points[-1], values[-1] = inner, nearer
            else:
                points = [points[0], *((points[0] + point) / 2 for point in points[1:])]
                values = [values[0], *(loss(point) for point in points[1:])]
    return points[int(np.argmin(values))]


def log_gamma(value: Column | float) -> Column:
    """Return log Γ by Stirling's series after seven steps of the recurrence; error below 1e-10 for value > 0."""
    value = np.asarray(value, dtype=np.float64)
    steps = value.copy()
    for i in range(1, 7):
        steps = steps * (value + i)
    shifted = value + 7
    series = 1 / (12 * shifted) - 1 / (360 * shifted**3) + 1 / (1260 * shifted**5)
    return np.asarray((shifted - 0.5) * np.log(shifted) - shifted + 0.5 * np.log(2 * np.pi) + series - np.log(steps))


def log_beta(a: Column | float, b: Column | float) -> Column:
    """Return log B(a, b)."""
    return log_gamma(a) + log_gamma(b) - log_gamma(np.asarray(a) + b)
