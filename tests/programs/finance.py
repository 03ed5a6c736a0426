"""Prices, risks and yields."""

from __future__ import annotations

import math

import numpy as np

from tests.programs.program import Program, numbers


def normal_cdf(x):
    """Return the normal distribution to seven digits, by the formula 26.2.17 of Abramowitz and Stegun."""
    t = 1 / (1 + 0.2316419 * np.abs(x))
    series = t * (0.319381530 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
    tail = np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi) * series
    return np.where(x > 0, 1 - tail, tail)


def black_scholes(spot, strike, rate, volatility, time):
    """Return the price of a European call."""
    d1 = (np.log(spot / strike) + (rate + volatility**2 / 2) * time) / (volatility * np.sqrt(time))
    d2 = d1 - volatility * np.sqrt(time)
    return spot * normal_cdf(d1) - strike * np.exp(-rate * time) * normal_cdf(d2)


def greeks(spot, strike, rate, volatility, time):
    """Return its derivatives in closed form, with the exact distribution: right to some five digits."""
    root = volatility * math.sqrt(time)
    d1 = (math.log(spot / strike) + (rate + volatility**2 / 2) * time) / root
    d2 = d1 - root
    below = [(1 + math.erf(d / math.sqrt(2))) / 2 for d in (d1, d2)]
    density, discount = math.exp(-(d1**2) / 2) / math.sqrt(2 * math.pi), math.exp(-rate * time)
    theta = spot * density * volatility / (2 * math.sqrt(time)) + rate * strike * discount * below[1]
    return below[0], -discount * below[1], strike * time * discount * below[1], spot * density * math.sqrt(time), theta


def binomial_tree(spot, volatility, rate):
    """Return the price of an American put, backwards through a tree."""
    steps, strike = 12, 1.05
    dt = 1 / steps
    up = np.exp(volatility * np.sqrt(dt))
    p = (np.exp(rate * dt) - 1 / up) / (up - 1 / up)
    prices = spot * up ** (2.0 * np.arange(steps + 1) - steps)
    values = np.maximum(strike - prices, 0)
    for _ in range(steps):
        prices = prices[1:] / up
        values = np.exp(-rate * dt) * (p * values[1:] + (1 - p) * values[:-1])
        values = np.maximum(values, strike - prices)
    return values[0]


FLOWS, TIMES = np.array([5.0, 5.0, 5.0, 105.0]), np.arange(1.0, 5.0)


def bond_yield(price, coupon):
    """Return the yield of a bond, by Newton's iteration."""
    flows = np.array([0.0, 0.0, 0.0, 100.0]) + coupon
    y = 0.05
    for _ in range(12):
        discounted = flows * (1 + y) ** -TIMES
        y = y - (discounted.sum() - price) / np.sum(-TIMES * discounted / (1 + y))
    return y


def bond_gradient(price, coupon):
    """Return its gradient by the implicit function theorem: one over minus the dollar duration."""
    low, high = 0.0, 1.0
    flows = np.array([0.0, 0.0, 0.0, 100.0]) + coupon
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if np.sum(flows * (1 + middle) ** -TIMES) > price else (low, middle)
    slope = np.sum(-TIMES * flows * (1 + low) ** (-TIMES - 1))
    return 1 / slope, -np.sum((1 + low) ** -TIMES) / slope


RETURNS = np.random.default_rng(2).normal(0.01, 0.05, (40, 4))


def sharpe(scores):
    """Return minus the Sharpe ratio of a portfolio whose shares are a softmax."""
    shares = np.exp(scores)
    shares /= shares.sum()
    earned = RETURNS @ shares
    return -earned.mean() / earned.std(ddof=1)


def smallest_variance(returns):
    """Return the variance of the portfolio that has the least."""
    covariance = np.cov(returns, rowvar=False) + 1e-3 * np.eye(returns.shape[1])
    ones = np.ones(returns.shape[1])
    shares = np.linalg.solve(covariance, ones)
    shares = shares / shares.sum()
    return shares @ covariance @ shares


def garch(omega, alpha, beta):
    """Return the negative log-likelihood of returns whose variance has a memory."""
    r = RETURNS[:, 0] * 10
    variance = np.zeros(len(r), like=omega)
    variance[0] = r.var()
    for t in range(1, len(r)):
        variance[t] = omega + alpha * r[t - 1] ** 2 + beta * variance[t - 1]
    return 0.5 * np.sum(np.log(variance) + r**2 / variance)


def asian_option(spot, volatility):
    """Return the price of an option on an average, over fixed paths."""
    shocks = np.random.default_rng(7).normal(size=(50, 10))
    dt = 0.1
    steps = (0.03 - volatility**2 / 2) * dt + volatility * np.sqrt(dt) * shocks
    paths = spot * np.exp(np.cumsum(steps, axis=1))
    payoff = np.maximum(paths.mean(axis=1) - 1.0, 0)
    return np.exp(-0.03) * payoff.mean()


PROGRAMS = {
    "Black-Scholes": Program(black_scholes, (1.1, 1.0, 0.03, 0.25, 0.7)),
    "binomial tree": Program(binomial_tree, (1.0, 0.3, 0.04)),
    "bond yield": Program(bond_yield, (97.0, 5.0), analytic=True, gradient=bond_gradient),
    "Sharpe ratio": Program(sharpe, numbers(1, (4,))),
    "smallest variance": Program(smallest_variance, numbers(2, (8, 3))),
    "GARCH": Program(garch, (0.05, 0.1, 0.8)),
    "Asian option": Program(asian_option, (1.02, 0.2)),
}
