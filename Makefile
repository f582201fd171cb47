# The goals of everyday work. Each brings the machine to what it needs (scripts/bootstrap.sh) and works without a writable HOME.
.PHONY: demo build test check lint format imports static sanitize simulate aa bench soak fuzz clean

# SwiftPM and clang keep caches below HOME unless told otherwise.
export XDG_CACHE_HOME := $(CURDIR)/.build/home/cache
export PYTHONPATH := $(CURDIR)/.build/python$(if $(PYTHONPATH),:$(PYTHONPATH))
HOMES := --cache-path .build/home/swiftpm --config-path .build/home/configuration --security-path .build/home/security
SWIFT_SOURCES := Sources Tests Package.swift
# More arguments for `swift test`, such as TEST="--filter LoadTests".
TEST ?=

# The lab, a dataset, a paired run of some four minutes, a verdict and a report. The verdict of the demo is not_qualified, by design.
demo: build
	@status=0; .build/release/assay demo || status=$$?; \
	case $$status in \
	1) echo "make demo: exit code 1 (not_qualified) is what the demo's known regression must give: it works." ;; \
	0) echo "make demo: the demo's known regression was not found (exit code 0)" >&2; exit 1 ;; \
	*) echo "make demo: assay demo ended with exit code $$status, and 1 (not_qualified) was due" >&2; exit $$status ;; \
	esac

build:
	@scripts/bootstrap.sh build
	swift build $(HOMES) -c release --product assay

# All tests, as they are shipped: optimised. A scratch folder of their own, so that `build` and `test` do not undo each other's work.
test:
	@scripts/bootstrap.sh tests
	swift test $(HOMES) --scratch-path .build/tests -c release --disable-xctest --xunit-output .build/tests.xml $(TEST)

# Everything that a change is held against before it is taken.
check:
	.ci/run

lint:
	swift format lint --strict --recursive $(SWIFT_SOURCES)

format:
	swift format --in-place --recursive $(SWIFT_SOURCES)

# From nothing, because an undeclared import of a room that happens to be built already would pass.
imports:
	@scripts/bootstrap.sh build
	rm -rf .build/imports
	swift build $(HOMES) --scratch-path .build/imports --explicit-target-dependency-import-check error

# The one file to carry to another machine: Swift's own libraries inside.
static:
	@scripts/bootstrap.sh build
	swift build $(HOMES) --scratch-path .build/static -c release --static-swift-stdlib --product assay
	.build/static/release/assay --version

# Each sanitizer in a scratch folder of its own. Leaks are not looked for: Swift's globals, of which the tests' tables are full, look like leaks.
# Timing tests may ask for a quiet machine; these are not timed.
sanitize:
	@scripts/bootstrap.sh tests
	swift test $(HOMES) --scratch-path .build/thread --disable-xctest --sanitize=thread $(TEST)
	ASAN_OPTIONS=detect_leaks=0 swift test $(HOMES) --scratch-path .build/address --disable-xctest --sanitize=address $(TEST)

# The properties of the method on its reference processes and on a noisy cloud, in full: REPETITIONS (1000) runs a row, twice as many on the cloud.
# Writes docs/calibration.md.
simulate:
	@scripts/bootstrap.sh tests
	scripts/simulate.sh $(HOMES)

# Two real nodes of the same version against each other, and a known difference planted between them: about 90 minutes, and needs
# ASSAY_SERVERS. Adds what it found to docs/calibration.md.
aa: build
	@scripts/bootstrap.sh tests
	scripts/aa.sh

# CPU per operation and memory of Assay's worker beside the floor, a minimal client in C that sends the same frames; and the time and memory
# that judging an hour's recording takes.
bench: build
	@scripts/bootstrap.sh bench
	swift build $(HOMES) -c release --product hour
	Benchmarks/bench.sh

# Whether the generator's memory stays small and stays the same: MINUTES (10) of load on the lab over 32 connections.
soak: static
	@scripts/bootstrap.sh tests
	Benchmarks/soak.sh

# libFuzzer on everything that reads what others wrote: ten minutes in all, or SECONDS_IN_ALL.
fuzz:
	@scripts/bootstrap.sh build
	Tests/Fuzz/fuzz.sh

clean:
	rm -rf .build
