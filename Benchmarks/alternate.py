# Takes turns between the floor and Assay on each endpoint and at each load, and sets their costs side by side.
#
#   alternate.py ASSAY FLOOR KEYS NAME=HOST:PORT...
#
# Prints a table and writes it, with the machine it was measured on, to RESULTS (default Benchmarks/RESULTS.md). A turn of one is
# followed by a turn of the other, and who goes first alternates, so that what drifts on the machine meets both alike.

import datetime
import json
import os
import platform
import statistics
import subprocess
import sys

STATEMENT = "SELECT * FROM shop.orders_by_customer WHERE customer = ? LIMIT 1"
LOADS = [("2,000/s", ["--rate", "2000"]), ("5,000/s", ["--rate", "5000"]), ("128 in flight", ["--in-flight", "128"])]
ALTERNATIONS = int(os.environ.get("ALTERNATIONS", "5"))
SECONDS = os.environ.get("SECONDS_EACH", "5")
CONNECTIONS = os.environ.get("CONNECTIONS", "4")


def turn(command):
    """One run of one client: the figures of its last line."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        sys.exit(f"bench: {' '.join(command)} ended with {done.returncode}: {done.stderr.strip()}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def rate_argument(client, arguments):
    """Assay's rates carry their unit, as everywhere in it."""
    return [a + "/s" if client == "assay" and a.isdigit() and "--rate" in arguments else a for a in arguments]


def measure(assay, floor, keys, endpoint):
    """For each load: the figures of both clients, one entry an alternation."""
    commands = {
        "floor": [floor, endpoint, "--statement", STATEMENT, "--keys", keys, "--warm-up", "0"],
        "assay": [assay, "bench", "--endpoint", endpoint],
    }
    # The server's own warm-up, which is nobody's cost.
    turn(commands["floor"] + ["--in-flight", "64", "--seconds", SECONDS, "--connections", CONNECTIONS])
    for name, arguments in LOADS:
        figures = {"floor": [], "assay": []}
        for index in range(ALTERNATIONS):
            for client in ("floor", "assay") if index % 2 == 0 else ("assay", "floor"):
                extent = ["--seconds", SECONDS, "--connections", CONNECTIONS]
                figures[client].append(turn(commands[client] + rate_argument(client, arguments) + extent))
                print(f"bench: {endpoint} {name} {client} {index + 1}/{ALTERNATIONS}", file=sys.stderr)
        yield name, figures


def spread(values, digits):
    """Median, and in brackets the lowest and the highest."""
    return f"{statistics.median(values):.{digits}f} [{min(values):.{digits}f}, {max(values):.{digits}f}]"


def row(endpoint, load, figures):
    def column(client, key):
        return [f[key] for f in figures[client]]

    ratios = [a / f for a, f in zip(column("assay", "cpu_us_per_operation"), column("floor", "cpu_us_per_operation"))]
    return [
        endpoint,
        load,
        spread(column("floor", "cpu_us_per_operation"), 2),
        spread(column("assay", "cpu_us_per_operation"), 2),
        spread(ratios, 2),
        f"{statistics.median(column('floor', 'resident_mib')):.1f}",
        f"{statistics.median(column('assay', 'resident_mib')):.1f}",
        *(
            f"{statistics.median(column('floor', key)):.{digits}f} / {statistics.median(column('assay', key)):.{digits}f}"
            for key, digits in (("p50_ms", 3), ("p99_ms", 3), ("achieved_per_s", 0))
        ),
    ]


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
    ]


def main():
    assay, floor, keys, *endpoints = sys.argv[1:]
    head = ["server", "load", "floor, CPU us/op", "assay, CPU us/op", "assay / floor", "floor, MiB", "assay, MiB"]
    head += ["p50 ms, floor / assay", "p99 ms, floor / assay", "achieved /s, floor / assay"]
    rows = []
    for named in endpoints:
        name, endpoint = named.rsplit("=", 1)
        rows += [row(name, load, figures) for load, figures in measure(assay, floor, keys, endpoint)]
    table = ["| " + " | ".join(r) + " |" for r in [head, ["---"] * len(head), *rows]]
    print("\n".join(table))
    text = [
        "# What Assay's worker costs, beside the floor",
        "",
        "Written by `make bench`. The floor is `floor/floor.c`: one thread, one epoll set, the same EXECUTE frames of",
        f"`{STATEMENT}`,",
        "and nothing else. CPU is user and system time of the thread that sends and reads, for each answered operation; MiB is the largest",
        "resident size. Each cell is the median over the alternations, in brackets the lowest and the highest.",
        "",
        *table,
        "",
        "## The machine",
        "",
        *machine(),
        f"- measured on {datetime.datetime.now(datetime.timezone.utc):%Y-%m-%d}",
        "",
    ]
    with open(os.environ.get("RESULTS", "Benchmarks/RESULTS.md"), "w") as file:
        file.write("\n".join(text))


main()
