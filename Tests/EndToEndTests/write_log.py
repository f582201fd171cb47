"""Writes interval logs with PyPI's hdrhistogram in layouts that are not Assay's, and what it finds in them itself.

Usage: write_log.py FOLDER. Each NAME.hlog holds the tag `op` once a second; figures.json has, for each log, the count, the largest value and for
each percentile the bin that it lies in, all in nanoseconds.
"""
import json
import random
import sys

from hdrh.histogram import HdrHistogram

HOUR_NS, DAY_US = 3_600_000_000_000, 86_400_000_000
# Name, unit, nanoseconds of the unit, lowest, highest, digits, median in the unit.
LOGS = [
    ("wrk2", 1_000, 1, DAY_US, 3, 4_000),
    ("nosqlbench", 1, 1, HOUR_NS, 4, 4_000_000),
    ("easy-stress", 1, 1_000, HOUR_NS, 2, 4_000_000),
    ("fine", 1, 1, HOUR_NS, 5, 4_000_000),
    ("milliseconds", 1_000_000, 1, 3_600_000, 1, 400),
]

folder = sys.argv[1]
figures = {}
for name, unit, lowest, highest, digits, median in LOGS:
    draw = random.Random(name)
    whole = HdrHistogram(lowest, highest, digits)
    lines = [f"#written as {name} does", "#[Histogram log format version 1.3]"]
    lines += ["#[BaseTime: 1790000000.000 (seconds since epoch)]"]
    for second in range(150):
        interval = HdrHistogram(lowest, highest, digits)
        for _ in range(200):
            value = int(median * draw.lognormvariate(0, 0.5))
            interval.record_value(value)
            whole.record_value(value)
        top = interval.get_max_value() // 1_000_000
        lines.append(f"Tag=op,{second}.000,1.000,{top}.000,{interval.encode().decode('ascii')}")
    with open(f"{folder}/{name}.hlog", "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    bins = {}
    for percent in [50, 90, 99, 99.9]:
        value = whole.get_value_at_percentile(percent)
        low, high = whole.get_lowest_equivalent_value(value), whole.get_highest_equivalent_value(value)
        bins[f"p{percent}"] = [low * unit, (high + 1) * unit]
    figures[name] = {
        "count": whole.get_total_count(), "bins_ns": bins, "mean_ns": whole.get_mean_value() * unit,
        "max_ns": whole.get_max_value() * unit,
    }
with open(f"{folder}/figures.json", "w", encoding="utf-8") as file:
    json.dump(figures, file)
