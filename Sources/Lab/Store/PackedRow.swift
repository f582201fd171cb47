// A row in one array: key, write times and cells side by side, so that 200,000 rows cost little more than their bytes.

/// What a write does to one row. Times are microseconds, as clients give them.
struct RowWrite {
    /// Write time of the row itself, which an INSERT sets and an UPDATE doesn't.
    var marker: Int64?
    /// Everything written at or before this time goes.
    var deletion: Int64?
    /// Cells by the position of their regular column; nil deletes.
    var cells: [(column: Int, time: Int64, value: [UInt8]?)] = []
}

/// A row: marker (8 bytes), deletion (8), each clustering value (length 4, bytes), each cell (column 2, time 8,
/// length 4 or -1 where deleted, bytes), in the machine's own byte order. Times of `none` say that there was no such write.
struct PackedRow {
    static let none = Int64.min
    private static let head = 16

    private(set) var bytes: [UInt8]

    /// A row without content.
    init(clustering: [[UInt8]]) {
        bytes = []
        bytes.reserveCapacity(PackedRow.head + clustering.reduce(0) { $0 + 4 + $1.count })
        append(PackedRow.none)
        append(PackedRow.none)
        for component in clustering {
            append(Int32(component.count))
            bytes.append(contentsOf: component)
        }
    }

    private mutating func append<T: FixedWidthInteger>(_ value: T) {
        withUnsafeBytes(of: value) { bytes.append(contentsOf: $0) }
    }

    /// A cursor over the parts of the row; valid inside `body`.
    func withView<R>(_ body: (RowView) throws -> R) rethrows -> R {
        try bytes.withUnsafeBytes { try body(RowView(bytes: $0)) }
    }

    var deletion: Int64 { withView { $0.deletion } }

    /// Applies a write: for each cell the later time wins; at the same time a deletion, else the greater value.
    mutating func apply(_ write: RowWrite, clusteringCount: Int) {
        let old = self
        let deletion = max(old.deletion, write.deletion ?? PackedRow.none)
        old.withView { view in
            let marker = max(view.marker, write.marker ?? PackedRow.none)
            let clusteringEnd = view.clusteringEnd(clusteringCount)
            var packed = PackedRow(clustering: [])
            packed.bytes.removeAll(keepingCapacity: true)
            packed.bytes.reserveCapacity(view.bytes.count + write.cells.reduce(0) { $0 + 14 + ($1.value?.count ?? 0) })
            packed.append(marker > deletion ? marker : PackedRow.none)
            packed.append(deletion)
            packed.bytes.append(contentsOf: view.bytes[PackedRow.head..<clusteringEnd])
            var pending = write.cells.filter { $0.time > deletion }
            view.forEachCell(from: clusteringEnd) { cell in
                guard cell.time > deletion else { return }
                if let place = pending.firstIndex(where: { $0.column == cell.column }) {
                    if PackedRow.supersedes(pending[place].time, pending[place].value, cell) { return }
                    pending.remove(at: place)
                }
                packed.append(UInt16(cell.column))
                packed.append(cell.time)
                packed.append(Int32(cell.value?.count ?? -1))
                if let value = cell.value { packed.bytes.append(contentsOf: value) }
            }
            for cell in pending {
                packed.append(UInt16(cell.column))
                packed.append(cell.time)
                packed.append(Int32(cell.value?.count ?? -1))
                packed.bytes.append(contentsOf: cell.value ?? [])
            }
            bytes = packed.bytes
        }
    }

    private static func supersedes(_ time: Int64, _ value: [UInt8]?, _ old: RowView.Cell) -> Bool {
        if time != old.time { return time > old.time }
        guard let oldValue = old.value else { return false }
        guard let value else { return true }
        return value.withUnsafeBytes { compareBytes($0, oldValue) >= 0 }
    }
}

/// A row's parts without copies. Must not outlive the row.
struct RowView {
    struct Cell {
        var column: Int
        var time: Int64
        var value: UnsafeRawBufferPointer?
    }

    let bytes: UnsafeRawBufferPointer

    var marker: Int64 { bytes.loadUnaligned(as: Int64.self) }
    var deletion: Int64 { bytes.loadUnaligned(fromByteOffset: 8, as: Int64.self) }

    private func length(at offset: Int) -> Int { Int(bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self)) }

    func clusteringEnd(_ count: Int) -> Int {
        var offset = 16
        for _ in 0..<count { offset += 4 + length(at: offset) }
        return offset
    }

    func clustering(_ index: Int) -> UnsafeRawBufferPointer {
        let start = clusteringEnd(index)
        return UnsafeRawBufferPointer(rebasing: bytes[start + 4..<start + 4 + length(at: start)])
    }

    func forEachCell(from start: Int, _ body: (Cell) -> Void) {
        var offset = start
        while offset < bytes.count {
            let column = Int(bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
            let time = bytes.loadUnaligned(fromByteOffset: offset + 2, as: Int64.self)
            let count = length(at: offset + 10)
            offset += 14
            guard count >= 0 else {
                body(Cell(column: column, time: time, value: nil))
                continue
            }
            body(
                Cell(
                    column: column, time: time, value: UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count]))
            )
            offset += count
        }
    }

    /// A row is there while its marker or any cell is.
    func isLive(clusteringCount: Int) -> Bool {
        if marker != PackedRow.none { return true }
        var live = false
        forEachCell(from: clusteringEnd(clusteringCount)) { if $0.value != nil { live = true } }
        return live
    }
}
