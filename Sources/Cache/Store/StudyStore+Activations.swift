import Digests
import GRDB

extension StudyStore {
    /// Starts a set of activations, or returns the one with the same key that an earlier run started.
    public func beginActivations(_ set: ActivationSet) throws(CacheError) -> ActivationSet {
        try write { database in
            if let known = try activations(set.key, in: database) { return known }
            try database.execute(
                sql: """
                    INSERT INTO activationSet
                    (digest, fileName, rowCount, width, tokens, completedRows, isFinished, created)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    set.key.bytes, set.fileName, set.rows, set.width, set.tokens, set.completedRows, set.isFinished,
                    set.created,
                ])
            return set
        }
    }

    /// Records that the file's first `completedRows` rows are written; it never goes back.
    ///
    /// Call it once the rows are safely in the file, not before.
    ///
    /// - Throws: `missingRecord` where the set was never begun.
    /// - Precondition: no more rows than the set has.
    public func advanceActivations(_ key: Digest, completedRows: Int) throws(CacheError) {
        try write { database in
            guard let known = try activations(key, in: database) else { throw missing(.activationSet, key) }
            precondition(completedRows <= known.rows, "\(completedRows) of \(known.rows) rows")
            try database.execute(
                sql: "UPDATE activationSet SET completedRows = max(completedRows, ?) WHERE digest = ?",
                arguments: [completedRows, key.bytes])
        }
    }

    /// Records that the file is whole.
    ///
    /// - Throws: `missingRecord` where the set was never begun.
    public func finishActivations(_ key: Digest) throws(CacheError) {
        try write { database in
            try database.execute(
                sql: "UPDATE activationSet SET completedRows = rowCount, isFinished = 1 WHERE digest = ?",
                arguments: [key.bytes])
            guard database.changesCount == 1 else { throw missing(.activationSet, key) }
        }
    }

    /// Forgets a set whose file is gone or damaged; the file itself is the caller's.
    public func forgetActivations(_ key: Digest) throws(CacheError) {
        try write { database in
            try database.execute(sql: "DELETE FROM activationSet WHERE digest = ?", arguments: [key.bytes])
        }
    }

    /// The set with a key; nil where it was never begun.
    public func activations(_ key: Digest) throws(CacheError) -> ActivationSet? {
        try read { try activations(key, in: $0) }
    }

    private func activations(_ key: Digest, in database: Database) throws -> ActivationSet? {
        let row = try Row.fetchOne(
            database,
            sql: """
                SELECT fileName, rowCount, width, tokens, created, completedRows, isFinished
                FROM activationSet WHERE digest = ?
                """, arguments: [key.bytes])
        guard let row else { return nil }
        let name: String = row[0]
        // A study may come from someone else: a path out of its folder is not followed.
        guard ActivationSet.isPlain(name) else {
            throw CacheError.damaged(
                file: file, place: "activation set \(key)", expected: "a plain file name", found: name)
        }
        var set = ActivationSet(
            key: key, fileName: name, rows: row[1], width: row[2], tokens: row[3], created: row[4])
        set.completedRows = row[5]
        set.isFinished = row[6]
        return set
    }
}
