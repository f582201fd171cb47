#!/bin/sh
# What Assay's worker costs beside the floor, a minimal C client that sends the same frames: builds the floor, starts the lab (and a
# real Cassandra where ASSAY_SERVERS names the scripts), loads the orders, and lets alternate.py take turns between the two. Then what
# judging an hour takes (judging.py).
#
#   Benchmarks/bench.sh        ALTERNATIONS=10 SECONDS_EACH=3 CONNECTIONS=4 RESULTS=Benchmarks/RESULTS.md
set -eu
cd "$(dirname "$0")/.."
. Benchmarks/lab.sh
assay=.build/release/assay
workload=workloads/orders.yaml
work=.build/bench
mkdir -p "$work"
# The command reads what stands on the path; the compiler may have any of these names.
compiler=$(command -v cc || command -v gcc || command -v clang)
"$compiler" -std=c11 -O2 -o "$work/floor" Benchmarks/floor/floor.c -lm
"$compiler" -std=c11 -O2 -o "$work/sink" Benchmarks/sink/sink.c
"$assay" bench --write-keys "$work/keys" --workload "$workload"

"$assay" lab --no-delay >"$work/lab.log" 2>&1 &
lab=$!
# With a core to itself where there are two, and ahead of everything else where that is permitted; alternate.py puts the clients on the
# other one.
first="taskset -c 0"
if ! command -v taskset >/dev/null || [ "$(nproc)" = 1 ]; then first=; fi
if command -v chrt >/dev/null && chrt -r 1 true 2>/dev/null; then first="$first chrt -r 1"; fi
$first "$work/sink" 127.0.0.1:19044 >"$work/sink.log" 2>&1 &
sink=$!
node=
finish() {
    kill "$lab" "$sink" 2>/dev/null || true
    if [ -n "$node" ]; then "$ASSAY_SERVERS/cassandra" wipe "$node" >/dev/null 2>&1 || true; fi
}
trap finish EXIT INT TERM
await_lab 19043 "$work/lab.log"
"$assay" load --old cql://127.0.0.1:19042 --new cql://127.0.0.1:19043 --workload "$workload"
set -- "sink=127.0.0.1:19044" "lab=127.0.0.1:19042"

if [ -n "${ASSAY_SERVERS-}" ] && [ -d "$ASSAY_SERVERS" ]; then
    if "$ASSAY_SERVERS/cassandra" start assay-bench 4.1 127.0.0.81; then
        node=assay-bench
        # The one node is both sides: `assay load` then writes the same rows twice.
        "$assay" load --old cql://127.0.0.81:9042 --new cql://127.0.0.81:9042 --workload "$workload"
        # What the loading left to be compacted would be measured otherwise.
        "$ASSAY_SERVERS/cassandra" nodetool assay-bench flush || true
        tries=0
        until "$ASSAY_SERVERS/cassandra" nodetool assay-bench compactionstats | grep -q 'pending tasks: 0' || [ "$tries" -ge 30 ]; do
            tries=$((tries + 1))
            sleep 2
        done
        set -- "$@" "Cassandra 4.1=127.0.0.81:9042"
    else
        echo "bench: no real server; going on with the lab alone" >&2
    fi
fi

python3 Benchmarks/alternate.py "$assay" "$work/floor" "$work/keys" "$@"

.build/release/hour "$work/hour" criteria/major-upgrade.yaml
python3 Benchmarks/judging.py "$assay" "$work/hour"
