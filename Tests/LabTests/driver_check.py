# Uses PyPI's cassandra-driver against a lab server as an application would, and checks every answer.
# Arguments: port, release version expected, and optionally user and password. Prints one line and exits 0, or fails.
import datetime
import decimal
import sys
import uuid

from cassandra import AlreadyExists, InvalidRequest
from cassandra.auth import PlainTextAuthProvider
from cassandra.cluster import Cluster
from cassandra.concurrent import execute_concurrent_with_args
from cassandra.protocol import SyntaxException
from cassandra.query import BatchStatement, SimpleStatement

port, version = int(sys.argv[1]), sys.argv[2]
auth = PlainTextAuthProvider(sys.argv[3], sys.argv[4]) if len(sys.argv) > 4 else None
cluster = Cluster(["127.0.0.1"], port=port, auth_provider=auth)
session = cluster.connect()


def check(condition, what):
    if not condition:
        sys.exit(f"wrong: {what}")


def refused(kind, text, part):
    try:
        session.execute(text)
    except kind as error:
        check(part in str(error), f"{text}: {error}")
    else:
        sys.exit(f"accepted: {text}")


check(session.execute("SELECT release_version FROM system.local").one().release_version == version, "release_version")
session.execute(
    "CREATE KEYSPACE shop WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1} AND durable_writes = true")
session.execute(
    """CREATE TABLE shop.orders (customer uuid, at timestamp, id uuid, total decimal, note text, tags list<text>,
       PRIMARY KEY (customer, at)) WITH CLUSTERING ORDER BY (at DESC) AND comment = 'orders'""")
session.execute("CREATE TABLE IF NOT EXISTS shop.flat (id int PRIMARY KEY, flag boolean, m map<text, int>, s set<int>)")
cluster.refresh_schema_metadata()
table = cluster.metadata.keyspaces["shop"].tables["orders"]
check([c.name for c in table.partition_key] == ["customer"], "partition key in the metadata")
check([(c.name, c.is_reversed) for c in table.clustering_key] == [("at", True)], "clustering key in the metadata")
check(table.columns["tags"].cql_type == "list<text>", "type in the metadata")
check(table.options["comment"] == "orders", "options in the metadata")
check("CREATE TABLE shop.orders" in table.export_as_string(), "the metadata cannot be exported")
check("local" in cluster.metadata.keyspaces["system"].tables, "system.local in the metadata")

insert = session.prepare("INSERT INTO shop.orders (customer, at, id, total, note, tags) VALUES (?, ?, ?, ?, ?, ?)")
start = datetime.datetime(2026, 1, 1)
customers = [uuid.uuid5(uuid.NAMESPACE_DNS, str(n)) for n in range(20)]
rows = {}
for number, customer in enumerate(customers):
    for order in range(30 + number):
        at = start + datetime.timedelta(minutes=order * 7 % 101)
        rows[customer, at] = (uuid.uuid5(customer, str(order)), decimal.Decimal(order * 125 - 300).scaleb(-2), f"n{order}", ["a", "b"])
execute_concurrent_with_args(session, insert, [(c, at, *rest) for (c, at), rest in rows.items()])


def expected(customer):
    return sorted((at for c, at in rows if c == customer), reverse=True)


def same(row):
    return (row.id, row.total, row.note, row.tags) == rows[row.customer, row.at]


partition = session.prepare("SELECT * FROM shop.orders WHERE customer = ?")
for customer in customers:
    found = list(session.execute(partition, [customer]))
    check([r.at for r in found] == expected(customer) and all(map(same, found)), "a partition")

ranged = session.prepare("SELECT customer, at, total FROM shop.orders WHERE customer = ? AND at >= ? AND at < ? LIMIT ?")
ranged.fetch_size = 4
low, high = start + datetime.timedelta(minutes=20), start + datetime.timedelta(minutes=80)
wanted = [at for at in expected(customers[19]) if low <= at < high]
result = session.execute(ranged, [customers[19], low, high, 1000])
check(result.has_more_pages and len(result.current_rows) == 4, "the first page")
check([r.at for r in result] == wanted and len(wanted) > 20, "a range in pages")
check([r.at for r in session.execute(ranged, [customers[19], low, high, 7])] == wanted[:7], "LIMIT over pages")
ascending = session.execute("SELECT at FROM shop.orders WHERE customer = %s ORDER BY at ASC", [customers[3]])
check([r.at for r in ascending] == expected(customers[3])[::-1], "ORDER BY against the storage")

many = session.prepare("SELECT customer, at FROM shop.orders WHERE customer IN ? PER PARTITION LIMIT 5")
many.fetch_size = 7
wanted = [(c, at) for c in sorted(customers[:6]) for at in expected(c)[:5]]
check([(r.customer, r.at) for r in session.execute(many, [customers[:6]])] == wanted, "IN with PER PARTITION LIMIT, paged")

# Another session goes on with the paging state of the first.
paged = SimpleStatement("SELECT customer, at, id, total, note, tags FROM shop.orders", fetch_size=100)
first = session.execute(paged)
other = Cluster(["127.0.0.1"], port=port, auth_provider=auth)
rest = list(other.connect().execute(paged, paging_state=first.paging_state))
found = first.current_rows + rest
check(len(found) == len(rows) and len({(r.customer, r.at) for r in found}) == len(rows) and all(map(same, found)), "a full scan")
other.shutdown()
from cassandra.metadata import Murmur3Token
seen = []
for row in found:
    if row.customer not in seen:
        seen.append(row.customer)
check(seen == sorted(customers, key=lambda c: Murmur3Token.hash_fn(c.bytes)), "token order")
check(session.execute("SELECT count(*) FROM shop.orders").one().count == len(rows), "count(*)")

batch = BatchStatement()
flat = session.prepare("INSERT INTO shop.flat (id, flag, m, s) VALUES (:id, :flag, :m, :s)")
for number in range(5):
    batch.add(flat, (number, number % 2 == 0, {"k": number}, {number, 9}))
session.execute(batch)
session.execute("UPDATE shop.flat USING TIMESTAMP 1 SET flag = null WHERE id = 0")
session.execute("DELETE FROM shop.flat WHERE id = 4")
found = {r.id: (r.flag, dict(r.m), set(r.s)) for r in session.execute("SELECT * FROM shop.flat")}
check(found == {n: (n % 2 == 0, {"k": n}, {n, 9}) for n in range(4)}, f"a batch: {found}")

session.set_keyspace("shop")
check(session.execute("SELECT id FROM flat WHERE id = 2").one().id == 2, "USE")
refused(SyntaxException, "SELEC * FROM flat", "line 1:0")
refused(InvalidRequest, "SELECT * FROM nothing", "nothing")
refused(AlreadyExists, "CREATE TABLE flat (id int PRIMARY KEY)", "already exists")
session.execute("TRUNCATE flat")
check(session.execute("SELECT count(*) FROM flat").one().count == 0, "TRUNCATE")
session.execute("DROP TABLE flat")
check("flat" not in cluster.metadata.keyspaces["shop"].tables, "DROP in the metadata")
cluster.shutdown()
print("the driver agrees")
