"""Reads rows that Assay wrote with PyPI's cassandra-driver, compares every column, and writes the same values to a copy of the table.

Usage: all_types.py HOST EVIDENCE. EVIDENCE is a JSON file: `keyspace`, `table`, `columns` in the order of `rows`, `key` (how many of them,
from the first on, are the primary key), `rows` (lists of values as the generator makes them) and `copy` (the table to write to). Ends with
0 and a line `ROWS rows, CELLS cells agree`, or says what differs and ends with 1.

How values look in EVIDENCE: numbers as numbers, big ones and decimals as text, timestamps in ms, dates in days and times in ns since their
zero, durations as three numbers, blobs and addresses as text, collections as lists (a map's keys and values in turn).
"""
import datetime
import decimal
import ipaddress
import json
import struct
import sys
import uuid

from cassandra import util
from cassandra.cluster import Cluster

decimal.getcontext().prec = 500
EPOCH = datetime.datetime(1970, 1, 1)


def scalar(name, value):
    """A value of EVIDENCE as the driver gives a column of type `name`."""
    if name in ("ascii", "text", "varchar"):
        return value
    if name in ("int", "bigint", "smallint", "tinyint", "varint", "counter"):
        return int(value)
    if name == "decimal":
        return decimal.Decimal(value)
    if name == "float":
        return struct.unpack(">f", struct.pack(">f", value))[0]
    if name == "double":
        return float(value)
    if name in ("uuid", "timeuuid"):
        return uuid.UUID(value)
    if name == "timestamp":
        return EPOCH + datetime.timedelta(milliseconds=value)
    if name == "date":
        return util.Date(value)
    if name == "time":
        return util.Time(value)
    if name == "duration":
        return util.Duration(*value)
    if name == "inet":
        return str(ipaddress.ip_address(value))
    if name == "blob":
        return bytes.fromhex(value)
    if name == "boolean":
        return value
    raise ValueError(f"no type {name}")


def typed(kind, value):
    """The same for any type; `kind` is the driver's class for it."""
    if value is None:
        return None
    name = kind.typename
    if name == "frozen":
        return typed(kind.subtypes[0], value)
    if name == "list":
        return [typed(kind.subtypes[0], member) for member in value]
    if name.endswith("VectorType") or name == "vector":
        return [typed(kind.subtype, member) for member in value]
    if name == "set":
        return util.sortedset(typed(kind.subtypes[0], member) for member in value)
    if name == "map":
        key, content = kind.subtypes
        return util.OrderedMapSerializedKey(key, 4) if not value else {
            frozen(typed(key, value[place])): typed(content, value[place + 1]) for place in range(0, len(value), 2)
        }
    if hasattr(kind, "fieldnames"):
        parts = [typed(part, member) for part, member in zip(kind.subtypes, value)]
        return tuple(parts + [None] * (len(kind.subtypes) - len(parts)))
    if name == "tuple":
        return tuple(typed(part, member) for part, member in zip(kind.subtypes, value))
    return scalar(name, value)


def frozen(value):
    return tuple(value) if isinstance(value, list) else value


def plain(value):
    """Something that compares: empty collections are null to Cassandra where they are not frozen."""
    if isinstance(value, (util.sortedset, set)):
        return ["set"] + sorted((plain(member) for member in value), key=repr)
    if isinstance(value, (dict, util.OrderedMap)):
        return ["map"] + sorted(([plain(key), plain(content)] for key, content in value.items()), key=repr)
    if isinstance(value, (list, tuple)):
        return [plain(member) for member in value]
    return repr(value)


def collapsed(value):
    value = plain(value)
    return None if value in ([], ["set"], ["map"], "None") else value


def main(host, path):
    with open(path, encoding="utf-8") as file:
        evidence = json.load(file)
    cluster = Cluster([host], protocol_version=4)
    session = cluster.connect(evidence["keyspace"])
    session.default_timeout = 30
    columns, key = evidence["columns"], evidence["key"]
    where = " AND ".join(f"{name} = ?" for name in columns[:key])
    select = session.prepare(f"SELECT {', '.join(columns)} FROM {evidence['table']} WHERE {where}")
    insert = session.prepare(
        f"INSERT INTO {evidence['copy']} ({', '.join(columns)}) VALUES ({', '.join('?' for _ in columns)})")
    kinds = [column.type for column in insert.column_metadata]
    cells = 0
    for row in evidence["rows"]:
        wanted = [typed(kind, value) for kind, value in zip(kinds, row)]
        found = list(session.execute(select, wanted[:key]))
        if len(found) != 1:
            print(f"{len(found)} rows for {wanted[:key]}")
            return 1
        for name, value, other in zip(columns, found[0], wanted):
            if collapsed(value) != collapsed(other):
                print(f"{name}: read {value!r}, made {other!r}")
                return 1
            cells += 1
        session.execute(insert, wanted)
    cluster.shutdown()
    print(f"{len(evidence['rows'])} rows, {cells} cells agree")
    return 0


sys.exit(main(sys.argv[1], sys.argv[2]))
