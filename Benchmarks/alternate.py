# Takes turns between the floor and Assay on each endpoint and at each load, and sets their costs side by side.
#
#   alternate.py ASSAY FLOOR KEYS NAME=HOST:PORT...
#
# A NAME that begins with "sink" gets the closed loops alone. Prints tables and writes them, with the machine they were measured on, to
# RESULTS (default Benchmarks/RESULTS.md). A turn of one is followed by a turn of the other, and who goes first alternates, so that what
# drifts on the machine meets both alike. Every ratio is one of neighbouring turns.

import datetime
import json
import math
import os
import platform
import shutil
import statistics
import subprocess
import sys

STATEMENT = "SELECT * FROM shop.orders_by_customer WHERE customer = ? LIMIT 1"
# Name, arguments of both, more of Assay's, more of the floor's.
LOADS = [
    ("2,000/s", ["--rate", "2000"], [], []),
    ("5,000/s", ["--rate", "5000"], [], []),
    ("128 in flight", ["--in-flight", "128"], [], []),
    ("orders mix, Poisson, 2,000/s", ["--rate", "2000"], ["--mix", "--arrivals", "poisson"], ["--poisson"]),
]
PEAKS = [("128 in flight", ["--in-flight", "128"], [], []), ("512 in flight", ["--in-flight", "512"], [], [])]
ALTERNATIONS = int(os.environ.get("ALTERNATIONS", "10"))
SECONDS = os.environ.get("SECONDS_EACH", "3")
CONNECTIONS = os.environ.get("CONNECTIONS", "4")


def turn(command):
    """One run of one client: the figures of its last line."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        sys.exit(f"bench: {' '.join(command)} ended with {done.returncode}: {done.stderr.strip()}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def assay_arguments(arguments):
    """Assay's rates carry their unit, as everywhere in it."""
    return [a + "/s" if a.isdigit() and "--rate" in arguments else a for a in arguments]


def measure(assay, floor, keys, name, endpoint):
    """For each load: the figures of both clients, one entry an alternation."""
    pinned = ["taskset", "-c", "1"] if name.startswith("sink") and os.cpu_count() > 1 and shutil.which("taskset") else []
    commands = {
        "floor": pinned + [floor, endpoint, "--statement", STATEMENT, "--keys", keys, "--warm-up", "0"],
        "assay": pinned + [assay, "bench", "--endpoint", endpoint],
    }
    # The server's own warm-up, which is nobody's cost.
    turn(commands["floor"] + ["--in-flight", "64", "--seconds", SECONDS, "--connections", CONNECTIONS])
    for load, arguments, more_assay, more_floor in PEAKS if name.startswith("sink") else LOADS:
        figures = {"floor": [], "assay": []}
        own = {"floor": arguments + more_floor, "assay": assay_arguments(arguments) + more_assay}
        for index in range(ALTERNATIONS):
            for client in ("floor", "assay") if index % 2 == 0 else ("assay", "floor"):
                extent = ["--seconds", SECONDS, "--connections", CONNECTIONS]
                figures[client].append(turn(commands[client] + own[client] + extent))
            print(f"bench: {name} {load} {index + 1}/{ALTERNATIONS}", file=sys.stderr)
        yield load, figures


def interval(values):
    """The values between which the median lies with at least 95 %, whatever the distribution: order statistics and the binomial. All of
    them where there are fewer than six."""
    values, n = sorted(values), len(values)
    below = 0
    while below < n // 2 and 2 * sum(math.comb(n, k) for k in range(below + 1)) / 2**n <= 0.05:
        below += 1
    return values[max(0, below - 1)], values[n - max(1, below)]


def median(figures, client, key, digits):
    return f"{statistics.median(f[key] for f in figures[client]):.{digits}f}"


def both(figures, key, digits):
    return f"{median(figures, 'floor', key, digits)} / {median(figures, 'assay', key, digits)}"


def ratio(figures, key):
    ratios = [a[key] / f[key] for a, f in zip(figures["assay"], figures["floor"])]
    low, high = interval(ratios)
    return f"{statistics.median(ratios):.2f} [{low:.2f}, {high:.2f}]"


def table(head, rows):
    return ["| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *rows]]


def cost_table(measured):
    head = ["server", "load", "CPU us/op", "ratio", "MiB", "p50 ms", "p99 ms", "late p50 us", "late p99 us", "late max us", "achieved /s"]
    rows = []
    for name, load, figures in measured:
        late = [{**f, **{k: 1e3 * f[k] for k in f if k.startswith("lateness")}} for f in figures["floor"]]
        late_assay = [{**f, **{k: 1e3 * f[k] for k in f if k.startswith("lateness")}} for f in figures["assay"]]
        lateness = {"floor": late, "assay": late_assay}
        open_loop = "in flight" not in load
        rows.append(
            [
                name,
                load,
                both(figures, "cpu_us_per_operation", 2),
                ratio(figures, "cpu_us_per_operation"),
                both(figures, "resident_mib", 1),
                both(figures, "p50_ms", 3),
                both(figures, "p99_ms", 3),
                *(both(lateness, f"lateness_{part}_ms", 0) if open_loop else "" for part in ("p50", "p99", "max")),
                both(figures, "achieved_per_s", 0),
            ]
        )
    return table(head, rows)


def rates_table(assay):
    rates = turn([assay, "bench", "--rates"])
    rows = [
        ["make the values of an operation", f"{rates['values_ns']:.0f}", ""],
        [f"encode it, values included ({rates['request_bytes']} bytes)", f"{rates['encode_ns']:.0f}", f"{rates['encode_copy_ns']:.1f}"],
        [f"cut and sum up an answer ({rates['answer_bytes']} bytes)", f"{rates['decode_ns']:.0f}", f"{rates['decode_copy_ns']:.1f}"],
        ["record one time", f"{rates['record_ns']:.1f}", ""],
    ]
    return table(["part of an operation of the orders mix", "ns", "copying the same bytes, ns"], rows)


def machine():
    def first(path, prefix):
        try:
            with open(path) as lines:
                return next((line.split(":", 1)[1].strip() for line in lines if line.startswith(prefix)), "unknown")
        except OSError:
            return "unknown"

    memory = first("/proc/meminfo", "MemTotal").split()[0]
    return [
        f"- {first('/proc/cpuinfo', 'model name')}, {os.cpu_count()} cores",
        f"- {int(memory) / 2**20:.0f} GiB of memory" if memory.isdigit() else "- memory unknown",
        f"- {platform.system()} {platform.release()}; client and server share the machine, over loopback",
        f"- {ALTERNATIONS} alternations of {SECONDS} s for each client and load, {CONNECTIONS} connections",
        f"- measured on {datetime.datetime.now(datetime.timezone.utc):%Y-%m-%d}",
    ]


def main():
    assay, floor, keys, *endpoints = sys.argv[1:]
    measured = []
    for named in endpoints:
        name, endpoint = named.rsplit("=", 1)
        measured += [(name, load, figures) for load, figures in measure(assay, floor, keys, name, endpoint)]
    costs, rates = cost_table(measured), rates_table(assay)
    print("\n".join([*costs, "", *rates]))
    text = [
        "# What Assay's worker costs, beside the floor",
        "",
        "Written by `make bench`. The floor is `floor/floor.c`: one thread, one epoll set, the same EXECUTE frames of",
        f"`{STATEMENT}`,",
        "and nothing else. Cells read floor / assay and are medians over the alternations. The ratio is assay's CPU over the floor's, turn by",
        "turn: its median, and in brackets the interval that holds the median with at least 95 % (order statistics). CPU is user and system",
        "time of the thread that sends and reads, for each answered operation; MiB is the largest resident size; lateness is from the",
        "intended start to the moment at which the request is made. In the orders mix Assay sends all four statements of the workload, and",
        "the floor the point read alone: that row says what the mix costs, and is no comparison of like with like. The sink",
        "(`sink/sink.c`) answers at once, with a core to itself: there the achieved rate is the client's own peak.",
        "",
        *costs,
        "",
        "Parts of an operation by themselves, in one process:",
        "",
        *rates,
        "",
        "## The machine",
        "",
        *machine(),
        "",
    ]
    with open(os.environ.get("RESULTS", "Benchmarks/RESULTS.md"), "w") as file:
        file.write("\n".join(text))


main()
