// The plan in the report.

import Documents
import Testing

@testable import Reports

private let plan = """
    {"arrivals": "poisson", "dataset": [{"insert": "INSERT INTO a.b (k) VALUES (?)", "partitions": 500}], "guard_s": 0.5,
    "operations": [{"cql": "SELECT * FROM a.b WHERE k = ?", "consistency": "LOCAL_ONE", "name": "read", "page_size_rows": 50},
    {"name": "item", "request": "GET /items/{key}", "http": "GET /items/{key}"}, {"cql": "INSERT <x>", "consistency": "ANY", "name": "write", "page_size_rows": null}],
    "parameters": {"customers": "500"}, "slice_s": 5.0, "time_out_ms": 10000.0, "warm_up_s": 60.0}
    """

@Test func thePlanTellsWhatWasRun() throws {
    let facts = try PlannedFact.read(plan, file: "plan.json")
    #expect(
        facts == [
            PlannedFact(name: "parameter customers", text: "500"),
            PlannedFact(name: "dataset", text: "500 partitions: INSERT INTO a.b (k) VALUES (?)"),
            PlannedFact(
                name: "pace", text: "poisson arrivals, slice 5.0 s, guard 0.5 s, warm-up a side 60.0 s, time-out 10.0 s"
            ),
            PlannedFact(name: "read", text: "SELECT * FROM a.b WHERE k = ? at LOCAL_ONE, pages of 50 rows"),
            PlannedFact(name: "item", text: "GET /items/{key}"), PlannedFact(name: "write", text: "INSERT <x> at ANY")
        ])
}

@Test func aPlanWithoutOperationsIsAnError() {
    #expect(throws: InputError.self) { try PlannedFact.read("{\"arrivals\": \"poisson\"}", file: "plan.json") }
}
