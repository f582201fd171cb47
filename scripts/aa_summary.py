# What `make aa` found, as a section of docs/calibration.md: verdicts and intervals of windows in which nothing differs, and a plant's truth.
#
#   python3 scripts/aa_summary.py WORK OPERATION VERSION RATE WINDOW
import collections
import csv
import glob
import json
import os
import sys


def load(folder, name):
    with open(os.path.join(folder, name)) as file:
        return json.load(file)


def verdicts(folder):
    return load(folder, "verdict.json")["verdicts"]


def percent(ratio):
    return f"{100 * ratio:+.1f} %"


def windows(work):
    """How often each verdict was taken, by criterion, and what would have been needed."""
    counts = collections.defaultdict(collections.Counter)
    for path in sorted(glob.glob(os.path.join(work, "deployment-*", "*", "verdicts", "*", "verdict.json"))):
        for verdict in verdicts(os.path.dirname(path)):
            counts[verdict["criterion"]][verdict["verdict"]] += 1
    return counts


def planted(work, operation):
    """The mean's truth: what it was against what it would have been without the holds that were made meanwhile."""
    folder = os.path.join(work, "planted")
    recording = load(folder, "recording.json")
    began = recording["started_unix_ns"] / 1e9
    slices = [r["new"] for r in recording["rounds"] if r["purpose"] == "measure" and not r["void"]]
    spans = [(began + s["start_s"], began + s["start_s"] + s["length_s"]) for s in slices]
    seconds = answers = held = 0
    with open(os.path.join(work, "held.csv")) as file:
        for row in csv.DictReader(file):
            second = int(row["unix_s"])
            # Seconds that lie within a measured slice of the new side as a whole.
            if any(low <= second and second + 1 <= high for low, high in spans):
                seconds += 1
                answers += int(row["answers"])
                held += int(row["held_ns"])
    effects = [e for e in load(folder, "comparison.json")["effects"] if e["of"] == operation]
    mean = next(e for e in effects if e["metric"] == "mean")
    # An operation of several pages is held once a page.
    operations = sum(s["operations"][operation]["completed"] for s in slices)
    pages = (answers / seconds) / (operations / sum(s["length_s"] for s in slices))
    hold = held / answers / 1e6
    truth = mean["new_ms"] / (mean["new_ms"] - hold * pages) - 1
    return mean, hold, pages, truth, verdicts(folder)


def main():
    work, operation, version, rate, window = sys.argv[1:]
    counts = windows(work)
    number = sum(counts["parity"].values())
    deployments = len(glob.glob(os.path.join(work, "deployment-*")))
    print("## Real nodes of the same version")
    print()
    print(f"What `make aa` found: two nodes of Cassandra {version} and the generator on one machine, the orders workload at {rate}, {number} windows of")
    print(f"{window} over {deployments} restarts of both nodes, judged by `scripts/aa-criteria.yaml` (p50, mean and p99 at +5 %, errors at 0.01 %).")
    print()
    print("| verdict | " + " | ".join(counts) + " |")
    print("|---|" + "---|" * len(counts))
    for word in ["pass", "undecided", "void"]:
        print(f"| {word} | " + " | ".join(str(c[word]) for c in counts.values()) + " |")
    print()
    print("| all criteria | verdicts |")
    print("|---|---|")
    print(f"| fail | {sum(c['fail'] for c in counts.values())} |")
    print(f"| taken in all | {sum(sum(c.values()) for c in counts.values())} |")
    print()
    print("```")
    with open(os.path.join(work, "table")) as file:
        print(file.read().rstrip())
    print("```")
    print()
    mean, hold, pages, truth, taken = planted(work, operation)
    inside = mean["change_low"] <= truth <= mean["change_high"]
    print(f"With a plant (`assay plant`): every answer to `{operation}` on new held for half of the node's time, {hold:.2f} ms on average ({pages:.2f} answers an operation).")
    print(f"The mean's truth by the proxy's own log is {percent(truth)}; the run says {percent(mean['change'])}"
          f" [{percent(mean['change_low'])}, {percent(mean['change_high'])}]: {'inside' if inside else 'OUTSIDE'}.")
    for word in ["fail", "pass", "undecided"]:
        of = [v["id"] for v in taken if v["verdict"] == word]
        print(f"- {word}: {', '.join(of) if of else 'none'}")


main()
