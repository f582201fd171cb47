#!/bin/sh
# Runs the method's tests with many repetitions a row, and writes the tables that they print to docs/calibration.md.
#
#   scripts/simulate.sh [FLAG...]        REPETITIONS=1000, of which whole runs on a cloud have twice as many; flags go to swift test
set -eu
cd "$(dirname "$0")/.."
repetitions=${REPETITIONS:-1000}
work=.build/simulate
mkdir -p "$work"
status=0
tests='nothingChanged|atTheTolerance|changesAreFound|withoutACalibration|aFloorRepairs|verdictsOnANoisyCloud'
ASSAY_REPETITIONS=$repetitions swift test "$@" --scratch-path .build/tests -c release --disable-xctest \
    --filter "SimulationTests.*($tests)" >"$work/log" 2>&1 || status=$?
if ! grep -q '^| R' "$work/log" || ! grep -q '^| cloud' "$work/log"; then
    cat "$work/log" >&2
    echo "simulate: the tests printed no table" >&2
    exit 1
fi
cloud='## Runs of 30 minutes on a noisy cloud'
# Sections that others wrote stay where they are.
touch docs/calibration.md
awk -v cloud="$cloud" '/^## / { others = ($0 != cloud) } others' docs/calibration.md >"$work/others"
{
    cat scripts/calibration-head.md
    echo
    echo "$repetitions repetitions a row."
    echo
    echo "| process | new against old | figure | found | gate |"
    echo "|---|---|---|---|---|"
    grep '^| R' "$work/log" | sort
    echo
    cat scripts/calibration-cloud.md
    echo
    echo "$((2 * repetitions)) runs a row; $((repetitions / 2)) where \`multi\` is slower, and where nobody calibrated."
    echo
    echo "| noise | new against old | figure | found | bounds | gate |"
    echo "|---|---|---|---|---|---|"
    grep '^| cloud' "$work/log"
    if [ -s "$work/others" ]; then
        echo
        cat "$work/others"
    fi
} >docs/calibration.md
tail -n 1 "$work/log"
echo "simulate: wrote docs/calibration.md"
exit "$status"
