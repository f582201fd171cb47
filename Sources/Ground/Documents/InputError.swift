// What is wrong with a file that a person wrote, and where: the one line behind exit code 65.

/// A place in a text: line and column count from 1, the column in characters.
public struct Position: Hashable, Sendable, CustomStringConvertible {
    public var file: String
    private var storedLine: UInt32
    private var storedColumn: UInt32

    public init(file: String, line: Int, column: Int) {
        self.file = file
        storedLine = UInt32(clamping: line)
        storedColumn = UInt32(clamping: column)
    }

    // Held in 32 bits each: large recordings have millions of nodes, and each has a position.
    public var line: Int {
        get { Int(storedLine) }
        set { storedLine = UInt32(clamping: newValue) }
    }
    public var column: Int {
        get { Int(storedColumn) }
        set { storedColumn = UInt32(clamping: newValue) }
    }

    /// `file:line:column`
    public var description: String { "\(file):\(line):\(column)" }
}

/// An input file is wrong: where, what is wrong with it, and what was expected.
public struct InputError: Error, Equatable, Sendable, CustomStringConvertible {
    public var position: Position?
    public var problem: String
    public var expected: String

    public init(_ position: Position?, _ problem: String, expected: String) {
        self.position = position
        self.problem = problem
        self.expected = expected
    }

    /// `file:line:column: problem, expected …`, without the position where there is none.
    public var description: String {
        let separator = problem.hasSuffix("?") ? " " : ", "
        return (position.map { "\($0): " } ?? "") + problem + separator + "expected " + expected
    }
}
