#!/bin/sh
# Whether the memory of the generator, as it is shipped (make static), stays where it is: a run against the lab in another process, with
# 32 connections of 2 workers, while resident memory is read every second.
#
#   Benchmarks/soak.sh        MINUTES=10 RATE=3000/s
set -eu
cd "$(dirname "$0")/.."
. Benchmarks/lab.sh
assay=.build/static/release/assay
work=.build/soak
minutes=${MINUTES:-10}
rm -rf "$work"
mkdir -p "$work"
cat >"$work/pair.yaml" <<END
pair: 1
name: soak
old: {cql: ["127.0.0.1:19052"], connections: 8}
new: {cql: ["127.0.0.1:19053"], connections: 8}
END

"$assay" lab --no-delay --port 19052 >"$work/lab.log" 2>&1 &
lab=$!
run=
finish() {
    if [ -n "$run" ]; then kill "$run" 2>/dev/null || true; fi
    kill "$lab" 2>/dev/null || true
}
trap finish EXIT INT TERM
await_lab 19053 "$work/lab.log"
"$assay" load --pair "$work/pair.yaml" --workload workloads/orders.yaml --set customers=20_000

"$assay" run --pair "$work/pair.yaml" --workload workloads/orders.yaml --set customers=20_000 --rate "${RATE:-3000/s}" \
    --workers 2 --duration "${minutes}m" --warm-up 5s --out "$work/dossier" --quiet >"$work/run.log" 2>&1 &
run=$!
python3 Benchmarks/resident.py "$run" "$minutes"
status=0
wait "$run" || status=$?
run=
# 0 and 2 to 3 are verdicts; anything else is a run that did not come to its end.
case $status in
0 | 1 | 2 | 3) ;;
*)
    echo "soak: the run ended with $status:" >&2
    tail -n 20 "$work/run.log" >&2
    exit 1
    ;;
esac
