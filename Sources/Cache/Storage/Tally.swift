import GRDB

/// How many rows a small table has, and the sum of their seals: a row that vanished as if it had never been would be taken for
/// never stored, and what it chose for another choice.
struct Tally: Sendable, Hashable {
    var rows: Int
    /// Modulo 2^64.
    var seals: Int64

    static let none = Tally(rows: 0, seals: 0)

    /// `sealSum(seal)`, a function of our connections: SQLite's own sum fails where it does not fit.
    static let function = DatabaseFunction("sealSum", argumentCount: 1, pure: true, aggregate: Sum.self)

    struct Sum: DatabaseAggregate {
        private var total: Int64 = 0

        init() {}

        mutating func step(_ values: [DatabaseValue]) {
            if case .int64(let seal) = values[0].storage { total &+= seal }
        }

        func finalize() -> (any DatabaseValueConvertible)? { total }
    }
}

extension Database {
    /// What our statements need on a connection.
    package func addOwnFunctions() throws {
        try Seal.add(to: self)
        add(function: Tally.function)
    }

    /// Keeps the tally of a table that was written to.
    package func tally(_ table: SealedTable) throws {
        try cachedStatement(
            sql: """
                INSERT OR REPLACE INTO tally (name, "rows", seals)
                SELECT '\(table.rawValue)', count(*), sealSum(seal) FROM \(table.rawValue)
                """
        ).execute()
    }

    /// The tally that was kept of a table.
    func keptTally(of table: SealedTable) throws -> Tally {
        try Row.fetchOne(self, sql: "SELECT \"rows\", seals FROM tally WHERE name = ?", arguments: [table.rawValue])
            .map { Tally(rows: try $0.get("rows"), seals: try $0.get("seals")) } ?? .none
    }

    /// The tally of the rows that are there.
    func foundTally(of table: SealedTable) throws -> Tally {
        try Row.fetchOne(self, sql: "SELECT count(*) AS found, sealSum(seal) AS seals FROM \(table.rawValue)")
            .map { Tally(rows: try $0.get("found"), seals: try $0.get("seals")) } ?? .none
    }
}
