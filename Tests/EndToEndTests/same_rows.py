"""Holds two clusters against each other with PyPI's cassandra-driver: same number of rows, same contents, same timestamps of writes.

Usage: same_rows.py OLD_HOST NEW_HOST. Prints a line `ROWS rows, of them WRITTEN written by runs` and ends with 0, or says what differs
and ends with 1. The table is that of workloads/orders.yaml.
"""
import hashlib
import sys

from cassandra.cluster import Cluster

# Rows of the dataset carry timestamps before this, those of runs later ones (microseconds since 1970).
FIRST_OF_RUNS_US = 1_600_000_000_000_000


def read(host):
    cluster = Cluster([host], protocol_version=4)
    session = cluster.connect()
    session.default_fetch_size = 1000
    session.default_timeout = 60
    rows = sorted(
        repr((row.customer, row.at, row.id, row.total, row.note, row.written))
        for row in session.execute(
            "SELECT customer, at, id, total, note, writetime(note) AS written FROM shop.orders_by_customer")
    )
    written = sum(int(row.rsplit(" ", 1)[1].rstrip(")")) > FIRST_OF_RUNS_US for row in rows)
    keyspaces = sorted(row.keyspace_name for row in session.execute("SELECT keyspace_name FROM system_schema.keyspaces"))
    cluster.shutdown()
    digest = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return len(rows), written, digest, [name for name in keyspaces if not name.startswith("system")]


old, new = read(sys.argv[1]), read(sys.argv[2])
if old == new:
    print(f"{old[0]} rows, of them {old[1]} written by runs; keyspaces {', '.join(old[3])}")
else:
    print(f"old {old}\nnew {new}")
sys.exit(0 if old == new else 1)
