import GRDB

extension Row {
    /// A column's value.
    ///
    /// - Throws: `RowDecodingError` where a damaged database has none, or one of another kind; `row["column"]` would trap.
    func get<Value: DatabaseValueConvertible & StatementColumnConvertible>(_ column: String) throws -> Value {
        try decode(Value.self, forColumn: column)
    }

    /// The same of a column that may be NULL.
    func find<Value: DatabaseValueConvertible & StatementColumnConvertible>(_ column: String) throws -> Value? {
        try decode(Value?.self, forColumn: column)
    }
}
