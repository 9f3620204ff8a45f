import Analysis
import GRDB

extension StudyStore {
    /// All findings, in the order they were marked.
    public func findings() throws(CacheError) -> [Finding] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT id, subject, note, created FROM finding ORDER BY id").map(finding)
        }
    }

    /// Keeps a finding and returns its number.
    ///
    /// A finding with a number, as deleting returns it, comes back under that number and so in its old place. Numbers
    /// are not used twice.
    @discardableResult
    public func insert(_ finding: Finding) throws(CacheError) -> Int64 {
        try write { database in
            try database.execute(
                sql: """
                    INSERT INTO finding (id, subject, note, created) VALUES (?, ?, ?, ?)
                    ON CONFLICT (id) DO UPDATE SET
                    subject = excluded.subject, note = excluded.note, created = excluded.created
                    """,
                arguments: [finding.id, StoredJSON.encode(finding.subject), finding.note, finding.created])
            return finding.id ?? database.lastInsertedRowID
        }
    }

    /// Deletes a finding and returns it as it was, so that it can be inserted again; nil where it is already gone.
    @discardableResult
    public func deleteFinding(_ id: Int64) throws(CacheError) -> Finding? {
        try write { database in
            try Row.fetchOne(
                database, sql: "DELETE FROM finding WHERE id = ? RETURNING id, subject, note, created", arguments: [id]
            ).map(finding)
        }
    }

    /// Replaces the note of a finding.
    ///
    /// - Throws: `missingRecord` where the finding is gone.
    public func setNote(_ note: String, ofFinding id: Int64) throws(CacheError) {
        try write { database in
            try database.execute(sql: "UPDATE finding SET note = ? WHERE id = ?", arguments: [note, id])
            guard database.changesCount == 1 else {
                throw CacheError.missingRecord(file: file, kind: "finding", key: String(id))
            }
        }
    }

    private func finding(_ row: Row) throws -> Finding {
        let id: Int64 = row[0]
        let subject = try StoredJSON.decode(Finding.Subject.self, from: row[1], file: file, place: "finding \(id)")
        return Finding(id: id, subject: subject, note: row[2], created: row[3])
    }
}
