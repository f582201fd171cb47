# Sourced by the scripts beside it: a lab of one's own, in another process.

# await_lab PORT LOG: until it answers at PORT, the last that it opens; after ten seconds it says what stands in LOG, and ends the script.
await_lab() {
    tries=0
    until python3 -c "import socket; socket.create_connection(('127.0.0.1', $1), 1)" 2>/dev/null; do
        tries=$((tries + 1))
        if [ "$tries" -gt 50 ]; then
            echo "the lab did not start:" >&2
            cat "$2" >&2
            exit 1
        fi
        sleep 0.2
    done
}
