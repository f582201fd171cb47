#!/bin/sh
# Throws bytes at everything that reads what others wrote, by libFuzzer and with the address sanitizer: Targets.swift says what must hold.
#
#   Tests/Fuzz/fuzz.sh          SECONDS_IN_ALL=600, shared among the targets; ends with 1 at the first finding
#
# What the fuzzer learns is kept in .build/fuzz-corpus and built upon next time; findings lie in .build/fuzz-findings.
set -eu
cd "$(dirname "$0")/../.."
scratch=.build/fuzz
targets="frames payloads bodies handshake values lab yaml workload histograms logs captures streams"
flags="-Xswiftc -sanitize=fuzzer,address"

for room in Lab Workloads Comparisons Captures; do
    # shellcheck disable=SC2086  # words
    swift build -c release --scratch-path "$scratch" $flags --target "$room" >"$scratch.log" 2>&1 || {
        tail -n 30 "$scratch.log" >&2
        exit 1
    }
done
objects=$(find "$scratch"/release/*.build -name '*.o')
program=$scratch/fuzz
# gold warns of each of the sanitizer's symbols.
# shellcheck disable=SC2086  # words
swiftc -O -swift-version 6 -sanitize=fuzzer,address -use-ld=lld -parse-as-library -I "$scratch/release/Modules" \
    -Xcc -fmodule-map-file=Sources/Ground/CZlib/module.modulemap -Xcc -fmodule-map-file=Sources/Ground/CYAML/module.modulemap \
    -Xcc -fmodule-map-file=Sources/Ground/COpenSSL/module.modulemap -Xcc -fmodule-map-file=Sources/Ground/CLZ4/module.modulemap -Xcc -fmodule-map-file=Sources/Ground/CPcap/module.modulemap -Xcc -fmodule-map-file="$scratch/release/CLinux.build/module.modulemap" -I Sources/Ground/CLinux/include \
    Tests/Fuzz/Targets.swift Tests/Fuzz/Seeds.swift $objects -lyaml -lz -llz4 -lcrypto -lssl -lpcap -o "$program"

export ASAN_OPTIONS=detect_leaks=0 SWIFT_BACKTRACE=enable=no
ASSAY_FUZZ_WRITE_SEEDS=.build/fuzz-seeds "$program"

count=$(echo "$targets" | wc -w)
each=$((${SECONDS_IN_ALL:-600} / count))
mkdir -p .build/fuzz-findings
for target in $targets; do
    mkdir -p ".build/fuzz-corpus/$target"
    case $target in
    yaml) seeds="workloads pairs criteria" ;;
    workload) seeds=workloads ;;
    *) seeds=.build/fuzz-seeds/$target ;;
    esac
    log=.build/fuzz-findings/$target.log
    # shellcheck disable=SC2086  # words
    if ASSAY_FUZZ_TARGET=$target "$program" -max_total_time="$each" -timeout=10 -rss_limit_mb=2048 -max_len=4096 -print_final_stats=1 \
        -artifact_prefix=".build/fuzz-findings/$target-" ".build/fuzz-corpus/$target" $seeds >"$log" 2>&1; then
        echo "fuzz: $target: $(grep -o 'Done [0-9]* runs' "$log" | tail -n 1) in $each s, nothing found"
    else
        tail -n 40 "$log" >&2
        echo "fuzz: $target: a finding; what led to it lies in .build/fuzz-findings" >&2
        exit 1
    fi
done
