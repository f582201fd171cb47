"""Reads the interval logs of a dossier with PyPI's hdrhistogram and holds them against recording.json.

Usage: read_logs.py DOSSIER. Exit code 0 and a line `N lines agree`, or 1 and a line for each disagreement.
p50, p99 and max must lie in the same bin of HdrHistogram, counts must be equal.
"""
import json
import sys

from hdrh.histogram import HdrHistogram
from hdrh.log import HistogramLogReader

LOWEST_NS, HIGHEST_NS, DIGITS = 1, 3_600_000_000_000, 3

folder = sys.argv[1]
with open(f"{folder}/recording.json", encoding="utf-8") as file:
    recording = json.load(file)
problems = []
lines = 0


def compare(histogram, figures, count, place):
    """`figures` is the summary in recording.json, in milliseconds."""
    if not histogram.get_total_count() == figures["count"] == count:
        problems.append(f"{place}: {histogram.get_total_count()} values, {figures['count']} in the summary, {count} operations")
        return
    if count == 0:
        if figures["p50_ms"] is not None:
            problems.append(f"{place}: quantiles of nothing")
        return
    for name, value in [
        ("p50_ms", histogram.get_value_at_percentile(50)),
        ("p99_ms", histogram.get_value_at_percentile(99)),
        ("max_ms", histogram.get_max_value()),
    ]:
        said = round(figures[name] * 1e6)
        if not histogram.get_lowest_equivalent_value(value) <= said <= histogram.get_highest_equivalent_value(value):
            problems.append(f"{place}: {name} is {said} ns in recording.json and {value} ns in the log")


for side in ["old", "new"]:
    entries = {}
    reader = HistogramLogReader(f"{folder}/{side}.hlog", HdrHistogram(LOWEST_NS, HIGHEST_NS, DIGITS))
    while True:
        entry = reader.get_next_interval_histogram()
        if entry is None:
            break
        entries.setdefault(entry.get_tag(), []).append(entry)
    for operation in [entry["name"] for entry in recording["operations"]]:
        for tag, timing, counted in [("rt", "response", "intended"), ("st", "service", "completed")]:
            logged = entries.pop(f"{operation}-{tag}", [])
            if len(logged) != len(recording["rounds"]):
                problems.append(f"{side}, {operation}-{tag}: {len(logged)} lines for {len(recording['rounds'])} rounds")
                continue
            whole = HdrHistogram(LOWEST_NS, HIGHEST_NS, DIGITS)
            total = 0
            for index, (entry, round_) in enumerate(zip(logged, recording["rounds"])):
                figures = round_[side]["operations"][operation]
                place = f"{side}, round {index}, {operation}-{tag}"
                compare(entry, figures[timing], figures[counted], place)
                start_ms = recording["started_unix_ns"] / 1e6 + round_[side]["start_s"] * 1e3
                length_ms = entry.get_end_time_stamp() - entry.get_start_time_stamp()
                if abs(entry.get_start_time_stamp() - start_ms) > 1.5 or abs(length_ms - round_[side]["length_s"] * 1e3) > 1.5:
                    problems.append(f"{place}: another time than in recording.json")
                lines += 1
                # The whole leaves out void rounds, and the control round, which is no evidence.
                if round_["purpose"] == "measure" and round_["void"] is None:
                    whole.add(entry)
                    total += figures[counted]
            compare(whole, recording["whole"][side][operation][timing], total, f"{side}, whole, {operation}-{tag}")
    problems += [f"{side}: unknown tag {tag}" for tag in entries]

for problem in problems:
    print(problem)
if not problems:
    print(f"{lines} lines agree")
sys.exit(1 if problems else 0)
