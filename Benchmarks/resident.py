# Watches the resident memory of a process, and says whether it stays small and stays the same.
#
#   resident.py PID MINUTES
#
# Ends with 1 if the process was ever above 24 MiB, or if its last minute's median is more than 1 MiB above that of its second minute.

import statistics
import sys
import time

LIMIT_MIB = 24
GROWTH_MIB = 1


def resident_mib(pid):
    """None when the process is no more, or has given its memory back on its way out."""
    try:
        with open(f"/proc/{pid}/status") as lines:
            return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:")), None)
    except OSError:
        return None


def main():
    pid, minutes = int(sys.argv[1]), float(sys.argv[2])
    samples = []
    end = time.monotonic() + 60 * minutes
    while time.monotonic() < end and (sample := resident_mib(pid)) is not None:
        samples.append(sample)
        if len(samples) % 60 == 0:
            print(f"soak: {len(samples) // 60} min: {sample:.1f} MiB", file=sys.stderr)
        time.sleep(1)
    if len(samples) < 30:
        sys.exit("soak: the run ended within half a minute")
    # Of a run shorter than three minutes the thirds stand in for the minutes.
    part = min(60, len(samples) // 3)
    early, late = statistics.median(samples[part : 2 * part]), statistics.median(samples[-part:])
    print(
        f"soak: {len(samples)} samples, one a second: highest {max(samples):.1f} MiB, second minute {early:.1f} MiB, "
        f"last minute {late:.1f} MiB"
    )
    if max(samples) > LIMIT_MIB:
        sys.exit(f"soak: more than {LIMIT_MIB} MiB were resident")
    if late > early + GROWTH_MIB:
        sys.exit(f"soak: memory grew by {late - early:.1f} MiB")


main()
