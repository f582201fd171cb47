#!/bin/sh
# Two real nodes of the same version against each other: windows of three minutes over restarts of both nodes, then one statement
# made slower by a known share. Writes what it found into docs/calibration.md. About 90 minutes; needs ASSAY_SERVERS.
#
#   scripts/aa.sh        RESTARTS=4 WINDOWS=6 WINDOW=3m PLANTED=6m VERSION=4.1 RATE=1000/s
set -eu
cd "$(dirname "$0")/.."
: "${ASSAY_SERVERS:?make aa needs real servers: ASSAY_SERVERS names the folder with their scripts}"
assay=.build/release/assay
servers=$ASSAY_SERVERS/cassandra
restarts=${RESTARTS:-4} windows=${WINDOWS:-6} window=${WINDOW:-3m} planted=${PLANTED:-6m} version=${VERSION:-4.1} rate=${RATE:-1000/s}
work=.build/aa/$(date -u +%Y%m%dT%H%M%SZ)
mkdir -p "$work"
slow='WHERE customer = ? AND at >= ?'
traffic="--workload workloads/orders.yaml --set customers=10000 --rate $rate"

cat >"$work/pair.yaml" <<PAIR
pair: 1
name: same-version
old: {cql: ["127.0.0.91:9042"], version: "$version"}
control: {cql: ["127.0.0.92:9042"], version: "$version"}
new: {cql: ["127.0.0.92:9042"], version: "$version"}
PAIR
cat >"$work/planted.yaml" <<PAIR
pair: 1
name: planted
old: {cql: ["127.0.0.93:9042"], version: "$version", protocol: 4}
new: {cql: ["127.0.0.94:9042"], version: "$version", protocol: 4}
PAIR

proxies=
finish() {
    for process in $proxies; do kill "$process" 2>/dev/null || true; done
    "$servers" stop aa-old >/dev/null 2>&1 || true
    "$servers" stop aa-new >/dev/null 2>&1 || true
}
trap finish EXIT
trap 'exit 130' INT TERM

start() {
    "$servers" start aa-old "$version" 127.0.0.91
    "$servers" start aa-new "$version" 127.0.0.92
}

# JIT and caches settle before anything counts; the verdict of this is of no interest.
settle() {
    $assay run --pair "$1" $traffic --warm-up 60s --duration 30s --full --quiet --out "$work/settle-$2" >/dev/null 2>&1 || true
}

"$servers" wipe aa-old >/dev/null 2>&1 || true
"$servers" wipe aa-new >/dev/null 2>&1 || true
start
$assay load --pair "$work/pair.yaml" --workload workloads/orders.yaml --set customers=10000
for restart in $(seq "$restarts"); do
    echo "aa: deployment $restart of $restarts"
    "$servers" stop aa-old
    "$servers" stop aa-new
    start
    settle "$work/pair.yaml" "$restart"
    $assay calibrate --pair "$work/pair.yaml" $traffic --windows "$windows" --window "$window" --warm-up 10s \
        --seed $((1000 * restart)) --out "$work/deployment-$restart" >"$work/table"
    for dossier in "$work/deployment-$restart"/*; do
        $assay judge "$dossier" --criteria scripts/aa-criteria.yaml >"$dossier/judged.txt" 2>&1 || true
    done
done

# Both sides behind a proxy, and one of the two holds answers.
$assay plant --listen 127.0.0.93:9042 --to 127.0.0.91:9042 &
proxies="$!"
$assay plant --listen 127.0.0.94:9042 --to 127.0.0.92:9042 --statement "$slow" --hold 50% --log "$work/held.csv" &
proxies="$proxies $!"
sleep 1
settle "$work/planted.yaml" planted
$assay run --pair "$work/planted.yaml" $traffic --warm-up 10s --duration "$planted" --full --quiet \
    --criteria scripts/aa-criteria.yaml --out "$work/planted" >"$work/planted.txt" || true
python3 scripts/aa_summary.py "$work" recent_orders "$version" "$rate" "$window" >"$work/section.md"
scripts/section.sh docs/calibration.md "## Real nodes of the same version" "$work/section.md"
echo "aa: wrote docs/calibration.md; dossiers are in $work"
grep -q "^| fail | 0 |" "$work/section.md"
