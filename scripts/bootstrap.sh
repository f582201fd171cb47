#!/bin/sh
# Brings a Debian machine to what a goal of the Makefile needs: only what is missing, and plainly said where it cannot.
#
#   scripts/bootstrap.sh build      the libraries that Assay links, and the tools to build it
#   scripts/bootstrap.sh tests      the same, and what tests hold Assay against: xmllint, nginx, PyPI's CQL driver, histogram reader and scipy
#   scripts/bootstrap.sh servers    Java and xz, for tests against real servers
#   scripts/bootstrap.sh bench      a C compiler and Python, for the floor of the benchmark
#
# Ends with 1 where something that cannot be done without is missing. What only some tests want is a warning: they skip and say so.
set -u
cd "$(dirname "$0")/.." || exit 1

say() { echo "bootstrap: $*" >&2; }
has() { command -v "$1" >/dev/null 2>&1; }

needed=
need() { # need PACKAGE CHECK...: notes the package if the check fails
    package=$1
    shift
    "$@" >/dev/null 2>&1 || needed="$needed $package"
}

# Installs what `need` noted. 0 if nothing is missing afterwards.
install_needed() {
    [ -z "$needed" ] && return 0
    packages=${needed# }
    needed=
    if ! has apt-get; then
        say "missing here: $packages (names of Debian packages). Install them with this system's package manager."
        return 1
    fi
    if [ "$(id -u)" = 0 ]; then
        as_root=
    elif has sudo && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
        as_root=sudo
    else
        say "missing here: $packages. This user may not install them; please run as root:"
        say "    apt-get update && apt-get install -y --no-install-recommends $packages"
        return 1
    fi
    say "installing $packages"
    log=$(mktemp) || return 1
    # A stale list of packages is no reason to stop: the installation below says whether it mattered.
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q </dev/null >"$log" 2>&1
    # shellcheck disable=SC2086  # one word a package
    if ! $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $packages </dev/null >>"$log" 2>&1; then
        tail -n 15 "$log" >&2
        rm -f "$log"
        say "apt-get could not install: $packages"
        return 1
    fi
    rm -f "$log"
}

build() {
    if ! has swift; then
        say "there is no 'swift' on the PATH. Assay needs a Swift 6.3 toolchain (https://www.swift.org/install/linux/);"
        say "unpack it and put its usr/bin on the PATH, then try again."
        return 1
    fi
    need pkg-config has pkg-config
    need make has make
    need libyaml-dev library yaml-0.1
    need zlib1g-dev library zlib
    need liblz4-dev library liblz4
    need libssl-dev library openssl
    need libpcap-dev library libpcap
    need libcurl4-openssl-dev library libcurl
    install_needed
}

# Asked through the file itself as well, because pkg-config may be one of the things that are missing.
library() {
    if has pkg-config; then pkg-config --exists "$1"; else ls /usr/lib/*/pkgconfig/"$1".pc /usr/share/pkgconfig/"$1".pc 2>/dev/null | grep -q .; fi
}

tests() {
    build || return 1
    need python3 has python3
    need python3-pip python3 -m pip --version
    need libxml2-utils has xmllint
    install_needed || say "going on without; the tests that need them say that they skip"
    python_packages
    nginx_here
    return 0
}

# Unpacked into the build folder: installed, it would begin to serve port 80 of this machine.
nginx_here() {
    { has nginx || [ -x .build/nginx/usr/sbin/nginx ]; } && return 0
    has apt-get && has dpkg-deb || return 0
    say "unpacking Debian's nginx into .build/nginx"
    mkdir -p .build/nginx
    (cd .build/nginx && apt-get download -q nginx && dpkg-deb -x nginx_*.deb .) </dev/null >/dev/null 2>&1 ||
        say "could not unpack it; the tests that need it say that they skip"
}

# Each by itself: where one cannot be had, the tests that need the others still run.
python_packages() {
    python_package 'import cassandra.cluster, hdrh.histogram' 'use a real driver' cassandra-driver==3.30.1 hdrhistogram==0.10.8
    python_package 'import scipy.stats' 'work the statistics out anew' numpy==2.4.6 scipy==1.17.1
}

# python_package IMPORT PURPOSE PACKAGE...: into the build folder, so that nothing of the machine's own Python changes. Tests find it
# through PYTHONPATH.
python_package() {
    imports=$1
    purpose=$2
    shift 2
    PYTHONPATH="$PWD/.build/python" python3 -c "$imports" 2>/dev/null && return 0
    say "installing from PyPI into .build/python: $*"
    mkdir -p .build/python && log=$(mktemp) || return 0
    if ! python3 -m pip install --quiet --disable-pip-version-check --no-input --upgrade --target .build/python "$@" \
        </dev/null >"$log" 2>&1; then
        tail -n 5 "$log" >&2
        say "could not install them; the tests that $purpose say that they skip"
    fi
    rm -f "$log"
}

servers() {
    need openjdk-17-jre-headless java -version
    need xz-utils has xz
    install_needed || say "going on without; the tests against real servers say that they skip"
    return 0
}

bench() {
    build || return 1
    need python3 has python3
    need gcc compiler
    need libc6-dev test -e /usr/include/stdio.h
    install_needed
}

compiler() { has cc || has gcc || has clang; }

case ${1-} in
build | tests | servers | bench) "$1" ;;
*)
    say "usage: scripts/bootstrap.sh build|tests|servers|bench"
    exit 64
    ;;
esac
