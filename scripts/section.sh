#!/bin/sh
# Puts a section in place of the one with the same heading, up to the next heading of its kind, or at the end of the file.
#
#   scripts/section.sh FILE "## Heading" FILE-WITH-THE-SECTION
set -eu
awk -v heading="$2" -v section="$3" '
    function put(  line) { while ((getline line < section) > 0) print line; done = 1 }
    $0 == heading { put(); skipping = 1; next }
    skipping && /^## / { skipping = 0; print "" }
    !skipping { print }
    END { if (!done) { print ""; put() } }
' "$1" >"$1.new"
mv "$1.new" "$1"
