"""Works out figures of the room Statistics from their definitions, with scipy and with whole numbers, and holds others against them.

Usage: definitions.py FILE, a JSON list of {"function", "given", "found"}. Exit code 0 and a line `N cases agree`, or 1 and a line for
each figure that does not: `case 17, t_quantile: x is 2.1, by definition 2.2`.

Figures agree to 1e-9 of their size. A figure that came about by adding larger ones, which may have cancelled (`Sum`), may also be
off by 1e-13 of the size of these: no arithmetic in doubles gives more.
"""
import itertools
import json
import math
import sys
from fractions import Fraction
from functools import lru_cache

import numpy as np
from scipy import fft, optimize, special, stats

TOLERANCE = 1e-9
ROUNDING = 1e-13


class Sum:
    """A value that came about by adding values of the size `scale`, which may have cancelled."""

    def __init__(self, value, scale):
        self.value, self.scale = float(value), float(scale)


# Distributions, and bounds that invert them.


def t_quantile(p, df):
    return {"x": stats.t.ppf(p, df)}


def t_cumulative(x, df):
    return {"p": stats.t.cdf(x, df), "upper": stats.t.sf(x, df)}


def normal_quantile(p):
    return {"x": stats.norm.ppf(p)}


def incomplete_beta(x, a, b):
    return {"y": special.betainc(a, b, x), "upper": special.betaincc(a, b, x)}


def clopper_pearson(successes, trials, alpha):
    """The rates at which so many successes, or so few, have the probability alpha."""

    def rate(tail):
        missed = lambda log: tail(math.exp(log)) - alpha
        return math.exp(optimize.brentq(missed, math.log(1e-12), 0, xtol=1e-14, rtol=1e-14))

    lower = 0 if successes == 0 else rate(lambda p: stats.binom.sf(successes - 1, trials, p))
    upper = 1 if successes == trials else rate(lambda p: stats.binom.cdf(successes, trials, p))
    return {"lower": lower, "upper": upper}


def quantile_ranks(count, p, confidence):
    """A bound of rank r misses on its side if fewer than r values, or at least r, lie below the quantile."""
    ranks = np.arange(1, count + 1)
    fewer = stats.binom.cdf(ranks - 1, count, p)
    enough = stats.binom.sf(ranks - 1, count, p)
    missed = (1 - confidence) / 2
    lowers, uppers = ranks[fewer <= missed], ranks[enough <= missed]
    lower = int(lowers[-1]) if len(lowers) else None
    upper = int(uppers[0]) if len(uppers) else None
    coverage = 1 - (fewer[lower - 1] if lower else 0) - (enough[upper - 1] if upper else 0)
    return {"lower": lower, "upper": upper, "coverage": coverage}


# Means and their errors.


def paired_t(old, new, confidence, tolerance):
    logs = np.log(new) - np.log(old)
    size = np.abs(np.log([old, new])).max()
    test = stats.ttest_1samp(logs, 0)
    interval = test.confidence_interval(confidence)
    margin = math.log(1 + tolerance)
    error = stats.sem(logs)
    return {
        "mean": Sum(logs.mean(), size),
        "error": error,
        "statistic": Sum(test.statistic, size / error),
        "probability": test.pvalue,
        "lower": Sum(interval.low, size),
        "upper": Sum(interval.high, size),
        "margin_statistic": Sum((margin - logs.mean()) / error, size / error),
        "pass_probability": stats.ttest_1samp(logs, margin, alternative="less").pvalue,
        "fail_probability": stats.ttest_1samp(logs, margin, alternative="greater").pvalue,
    }


def bootstrap(sample, resamples, confidence):
    """Efron's BCa interval of the mean. Sums are rounded once, so that means that are equal compare as equal."""
    n = len(sample)
    mean = math.fsum(sample) / n
    means = np.array([math.fsum(sample[place] for place in places) / n for places in resamples])
    bias = stats.norm.ppf((np.sum(means < mean) + np.sum(means == mean) / 2) / len(means))
    without = np.array([math.fsum(sample[:i] + sample[i + 1 :]) / (n - 1) for i in range(n)])
    influence = without.mean() - without
    size = 6 * np.sum(influence**2) ** 1.5
    acceleration = np.sum(influence**3) / size
    z = bias + stats.norm.ppf([(1 - confidence) / 2, (1 + confidence) / 2])
    levels = stats.norm.cdf(bias + z / (1 - acceleration * z))
    ends = np.quantile(means, levels, method="linear")
    scale = np.abs(means).max()
    return {
        "mean": Sum(mean, np.abs(sample).max()),
        "bias": bias,
        "acceleration": Sum(acceleration, np.sum(np.abs(influence) ** 3) / size),
        "lower_level": levels[0],
        "upper_level": levels[1],
        "lower": Sum(ends[0], scale),
        "upper": Sum(ends[1], scale),
    }


def trimmed_mean(sample, share):
    winsorised = np.asarray(stats.mstats.winsorize(np.array(sample), limits=(share, share)))
    kept = (len(sample) - 2 * int(share * len(sample))) / len(sample)
    mean = stats.trim_mean(sample, share)
    size = np.abs(sample).max() / kept
    pseudo = mean + (winsorised - winsorised.mean()) / kept
    return {
        "mean": Sum(mean, size),
        "winsorised": list(winsorised),
        "pseudo_values": [Sum(value, size) for value in pseudo],
        "error": winsorised.std(ddof=1) / (kept * math.sqrt(len(sample))),
    }


def cosine_error(series, terms):
    series = np.array(series)
    size = np.abs(series - series.mean()).sum()
    root = math.sqrt(2 / len(series))
    # The discrete cosine transform of the second kind is twice the sum that is meant.
    coefficients = root * fft.dct(series - series.mean(), type=2)[1 : terms + 1] / 2
    centred = series - series.mean()
    return {
        "mean": Sum(series.mean(), np.abs(series).max()),
        "cosine": math.sqrt(np.mean(coefficients**2) / len(series)),
        "independent": stats.sem(series),
        "coefficients": [Sum(value, root * size) for value in coefficients],
        "neighbours": Sum(np.sum(centred[1:] * centred[:-1]) / np.sum(centred**2), 1),
    }


def straight_line(x, y):
    line = stats.linregress(x, y)
    rise = np.abs(y).max()
    return {
        "slope": Sum(line.slope, rise / np.ptp(x)),
        "intercept": Sum(line.intercept, rise),
        "probability": line.pvalue,
    }


def power(error, df, alpha, distance, run_error, floor, duration):
    reach = stats.t.ppf(1 - alpha, df) + stats.t.ppf(0.8, df)
    room = distance**2 - reach**2 * floor**2
    needed = None if room <= 0 else Sum(duration * (reach * run_error) ** 2 / room, duration * (reach * run_error * distance / room) ** 2)
    return {"detectable": Sum(math.exp(reach * error) - 1, 1), "needed": needed}


# Ranks.


@lru_cache(None)
def signed_rank_ways(n):
    """In how many ways of giving signs to the ranks 1 to n the positive ones sum to 0, 1, 2 and so on."""
    if n == 0:
        return [1]
    ways = signed_rank_ways(n - 1)
    return [a + b for a, b in zip(ways + [0] * n, [0] * n + ways)]


@lru_cache(None)
def mann_whitney_ways(m, n):
    """In how many orders of m and n values the statistic is 0, 1, 2 and so on: the largest value is of one sample or of the other."""
    if m == 0 or n == 0:
        return [1]
    one = [0] * n + mann_whitney_ways(m - 1, n)
    other = mann_whitney_ways(m, n - 1) + [0] * m
    return [a + b for a, b in zip(one, other)]


def centre(values, ways, confidence):
    """The median of `values` and the interval between the k-th from below and from above, where k - 1 below is unlikely enough."""
    ordered = np.sort(values)
    total = sum(ways)
    missed = Fraction((1 - confidence) / 2)
    cumulative = list(itertools.accumulate(ways))
    cuts = [k for k, count in enumerate(cumulative) if Fraction(count, total) <= missed]
    scale = np.abs(values).max()
    return {
        "estimate": Sum(np.median(ordered), scale),
        "lower": Sum(ordered[cuts[-1]], scale) if cuts else None,
        "upper": Sum(ordered[-1 - cuts[-1]], scale) if cuts else None,
        "coverage": float(1 - 2 * Fraction(cumulative[cuts[-1]], total)) if cuts else 1,
    }


def hodges_lehmann_one(sample, confidence):
    walsh = [(a + b) / 2 for a, b in itertools.combinations_with_replacement(sample, 2)]
    return centre(np.array(walsh), signed_rank_ways(len(sample)), confidence)


def hodges_lehmann_two(old, new, confidence):
    differences = np.subtract.outer(np.array(new), np.array(old)).ravel()
    return centre(differences, mann_whitney_ways(len(old), len(new)), confidence)


def signed_rank(sample):
    """All ways of giving signs, one by one."""
    values = np.array([value for value in sample if value != 0])
    ranks = stats.rankdata(np.abs(values))
    sums = np.array(list(itertools.product([0, 1], repeat=len(values)))).reshape(2 ** len(values), len(values)) @ ranks
    positive = ranks[values > 0].sum()
    statistic = min(positive, ranks.sum() - positive)
    return {"statistic": statistic, "probability": min(1, 2 * float(np.mean(sums <= statistic)))}


def mann_whitney(old, new):
    asymptotic = stats.mannwhitneyu(new, old, method="asymptotic")
    alike = len(set(old + new)) < len(old + new)
    exact = None if alike else stats.mannwhitneyu(new, old, method="exact").pvalue
    return {"statistic": asymptotic.statistic, "exact": exact, "asymptotic": asymptotic.pvalue}


# Many tests, many looks, rare events.


def holm(probabilities):
    """The adjusted value is the smallest level at which the procedure, step by step, rejects."""
    count = len(probabilities)
    order = sorted(range(count), key=lambda index: probabilities[index])

    def rejected(level):
        found = set()
        for step, index in enumerate(order):
            if probabilities[index] * (count - step) > level:
                break
            found.add(index)
        return found

    levels = sorted({min(1, p * k) for p in probabilities for k in range(1, count + 1)} | {1})
    adjusted = [1.0] * count
    for level in reversed(levels):
        for index in rejected(level):
            adjusted[index] = min(1, level)
    return {"adjusted": adjusted}


def pooled_ratio(old, new, low, width, p, terms, tolerance, floor):
    """Method, section 4: pooled quantiles, pseudo-values that leave a unit out of both sides, the cosine error, t."""

    def log_quantile(rows):
        counts = [sum(column) for column in zip(*rows)]
        target, before = p * sum(counts), 0
        for place, count in enumerate(counts):
            if before + count >= target:
                return low + width * (place + (target - before) / count)
            before += count

    def log_ratio(without):
        return log_quantile(new[:without] + new[without + 1 :]) - log_quantile(old[:without] + old[without + 1 :])

    units = len(old)
    ratio = log_quantile(new) - log_quantile(old)
    pseudo = np.array([units * ratio - (units - 1) * log_ratio(r) for r in range(units)])
    cosines = [math.sqrt(2 / units) * sum(pseudo * np.cos(math.pi * j * (np.arange(units) + 0.5) / units)) for j in range(1, terms + 1)]
    error = max(math.sqrt(np.mean(np.square(cosines)) / units), stats.sem(pseudo))
    total = math.hypot(error, floor)
    size = max(abs(low), abs(low + width * len(old[0])))
    distance = (math.log(1 + tolerance) - ratio) / total
    return {
        "log_ratio": Sum(ratio, size),
        "pseudo_values": [Sum(value, units * size) for value in pseudo],
        "error": total,
        "pass_probability": stats.t.sf(distance, terms),
        "fail_probability": stats.t.cdf(distance, terms),
    }


def error_rate(errors, operations, alpha, limit):
    """Method, section 4: exact bounds after errors and operations are divided by how much more the counts vary than a binomial's."""
    e, n = np.array(errors, dtype=float), np.array(operations, dtype=float)
    effect = 1.0
    if 0 < e.sum() < n.sum():
        effect = max(1.0, e.var(ddof=1) / (e.mean() * (1 - e.mean() / n.mean())))
    if np.sum(e > 0) < 5:
        effect = max(effect, 50.0)
    k, m = e.sum() / effect, n.sum() / effect
    # Tails of the beta distribution, which are those of the binomial where k and m are whole.
    lower = 0 if k == 0 else stats.beta.ppf(alpha, k, m - k + 1)
    return {
        "design_effect": effect,
        "lower": lower,
        "upper": 1 if k == m else stats.beta.isf(alpha, k + 1, m - k),
        "below": stats.beta.sf(limit, k + 1, m - k),
        "above": 1 if k == 0 else stats.beta.cdf(limit, k, m - k + 1),
    }


def fisher(a, b, c, d):
    """In whole numbers: the share of tables with these margins that are no likelier than this one."""
    row, column, total = a + b, a + c, a + b + c + d
    ways = [math.comb(column, x) * math.comb(total - column, row - x) for x in range(max(0, row + column - total), min(row, column) + 1)]
    seen = math.comb(column, a) * math.comb(total - column, b)
    return {"probability": float(Fraction(sum(way for way in ways if way <= seen), sum(ways)))}


@lru_cache(None)
def fejer(count):
    """Places and weights of Fejér's first rule on -1 ... 1."""
    angles = (2 * np.arange(count) + 1) * math.pi / (2 * count)
    j = np.arange(1, count // 2 + 1)
    return np.cos(angles), 2 / count * (1 - 2 * np.sum(np.cos(2 * np.outer(angles, j)) / (4 * j**2 - 1), axis=1))


def sequential(fractions, alpha, spending, gamma):
    """Boundaries, look by look, such that Brownian motion first crosses at a look with the probability that is spent there."""
    spent = {
        "hwang_shih_decani": lambda t: alpha * (t if gamma == 0 else (1 - math.exp(-gamma * t)) / (1 - math.exp(-gamma))),
        "obrien_fleming": lambda t: 2 * stats.norm.sf(stats.norm.isf(alpha / 2) / math.sqrt(t)),
        "pocock": lambda t: alpha * math.log(1 + (math.e - 1) * t),
    }[spending]
    totals = [0] + [spent(t) for t in fractions]
    increments = np.diff(totals)
    nominal = []
    before = 0.0
    for look, (t, increment) in enumerate(zip(fractions, increments)):
        step = math.sqrt(t - before)
        if look == 0:
            boundary = math.sqrt(t) * stats.norm.isf(increment)
        else:
            excess = lambda b: math.log(np.sum(mass * special.ndtr((places - b) / step)) / increment)
            boundary = optimize.brentq(excess, 0, math.sqrt(t) * stats.norm.isf(increment) + 1e-9, xtol=1e-15, rtol=1e-15)
        nominal.append(stats.norm.sf(boundary / math.sqrt(t)))
        if look + 1 == len(fractions):
            break
        lowest = -9 * math.sqrt(t)
        finest = min(step, math.sqrt(fractions[look + 1] - t))
        rule, weights = fejer(64 * math.ceil(1 + (boundary - lowest) / finest / 8))
        at = lowest + (boundary - lowest) * (rule + 1) / 2
        if look == 0:
            density = stats.norm.pdf(at, scale=step)
        else:
            density = stats.norm.pdf(np.subtract.outer(at, places), scale=step) @ mass
        places, mass = at, density * weights * (boundary - lowest) / 2
        before = t
    return {"increments": [Sum(increment, alpha) for increment in increments], "nominal": nominal}


DEFINITIONS = [
    t_quantile, t_cumulative, normal_quantile, incomplete_beta, clopper_pearson, quantile_ranks, paired_t, bootstrap, trimmed_mean,
    cosine_error, straight_line, power, hodges_lehmann_one, hodges_lehmann_two, signed_rank, mann_whitney, holm, pooled_ratio, error_rate,
    fisher, sequential,
]  # fmt: skip


def agrees(found, expected):
    if isinstance(expected, list):
        return isinstance(found, list) and len(found) == len(expected) and all(map(agrees, found, expected))
    if expected is None or found is None:
        return expected is None and found is None
    scale = expected.scale if isinstance(expected, Sum) else 0
    value = expected.value if isinstance(expected, Sum) else float(expected)
    return abs(found - value) <= max(TOLERANCE * max(abs(found), abs(value)), ROUNDING * scale)


def plain(expected):
    if isinstance(expected, list):
        return [plain(each) for each in expected]
    return expected.value if isinstance(expected, Sum) else expected


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        cases = json.load(file)
    functions = {definition.__name__: definition for definition in DEFINITIONS}
    problems = []
    for number, case in enumerate(cases):
        place = f"case {number}, {case['function']}"
        expected = functions[case["function"]](**case["given"])
        found = case["found"]
        if sorted(found) != sorted(expected):
            problems.append(f"{place}: holds {sorted(found)}, by definition {sorted(expected)}")
            continue
        for figure, value in expected.items():
            if not agrees(found[figure], value):
                problems.append(f"{place}: {figure} is {found[figure]}, by definition {plain(value)}")
    missing = sorted(set(functions) - {case["function"] for case in cases})
    if missing:
        problems.append(f"no case of {', '.join(missing)}")
    for problem in problems:
        print(problem)
    if not problems:
        print(f"{len(cases)} cases agree")
    sys.exit(1 if problems else 0)


main()
