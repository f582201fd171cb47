# What it takes to judge a dossier: the time and the memory of `assay judge`, several times over. Prints a table, and puts it at the end of
# RESULTS in place of the one that stood there.
#
#   judging.py ASSAY DOSSIER        REPETITIONS=5 RESULTS=Benchmarks/RESULTS.md

import datetime
import os
import statistics
import sys
import time

HEADING = "## Judging an hour"
REPETITIONS = int(os.environ.get("REPETITIONS", "5"))


def judge(assay, dossier):
    """Seconds on the clock, seconds of CPU and MiB of one judgement."""
    began = time.monotonic()
    quiet = [(os.POSIX_SPAWN_OPEN, number, "/dev/null", os.O_WRONLY, 0) for number in (1, 2)]
    child = os.posix_spawn(assay, [assay, "judge", dossier], os.environ, file_actions=quiet)
    _, status, usage = os.wait4(child, 0)
    # 0 to 3 are verdicts; anything else is no judgement.
    if os.waitstatus_to_exitcode(status) not in range(4):
        sys.exit(f"judging: {assay} judge {dossier} ended with {os.waitstatus_to_exitcode(status)}")
    return time.monotonic() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main():
    assay, dossier = sys.argv[1:]
    seconds, cpu, resident = zip(*(judge(assay, dossier) for _ in range(REPETITIONS)))
    megabytes = sum(os.path.getsize(os.path.join(dossier, name)) for name in ("recording.json", "old.hlog", "new.hlog")) / 1e6
    text = [
        HEADING,
        "",
        "Written by `make bench`. `assay judge` on a dossier of an hour that was never measured (`Hour/Hour.swift`): 12 operations, 326 rounds",
        f"of two slices, 1,000 operations of each in a slice, six looks; {megabytes:.0f} MB on disk. Medians of {REPETITIONS} judgements, and the largest",
        f"resident size of all; reports are written too. Measured on {datetime.datetime.now(datetime.timezone.utc):%Y-%m-%d}, with a load of {os.getloadavg()[0]:.0f}.",
        "",
        "| s | s of CPU | MiB |",
        "| --- | --- | --- |",
        f"| {statistics.median(seconds):.2f} | {statistics.median(cpu):.2f} | {max(resident):.0f} |",
        "",
    ]
    print("\n".join(text))
    path = os.environ.get("RESULTS", "Benchmarks/RESULTS.md")
    with open(path) as file:
        before = file.read().split(HEADING)[0].rstrip()
    with open(path, "w") as file:
        file.write(before + "\n\n" + "\n".join(text))


main()
