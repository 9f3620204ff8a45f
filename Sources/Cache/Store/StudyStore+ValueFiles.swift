import Digests
import Foundation
import GRDB

extension StudyStore {
    /// Starts a file of values, or returns the record with the same key that an earlier run started.
    package func begin(_ file: ValueFileRecord) throws(CacheError) -> ValueFileRecord {
        try write { database in
            if let known = try valueFile(file.key, in: database) { return known }
            try database.execute(
                sql: """
                    INSERT INTO valueFile
                    (digest, fileName, rowCount, completedRows, isFinished, size, pieces, verified)
                    VALUES (?, ?, ?, 0, 0, 0, ?, '')
                    """,
                arguments: [file.key.bytes, file.fileName, file.rows, Int32Blob.encode([])])
            try database.seal(.valueFile, where: "digest = ?", [file.key.bytes])
            return file
        }
    }

    /// Records how many leading rows are written, of several files at once; none goes back.
    ///
    /// - Throws: `missingRecord` where a file was never begun.
    package func advance(_ rows: [Digest: Int]) throws(CacheError) {
        try write { database in
            for (key, count) in rows {
                try database.execute(
                    sql: """
                        UPDATE valueFile SET completedRows = max(completedRows, min(rowCount, ?)) WHERE digest = ?
                        """, arguments: [count, key.bytes])
                guard database.changesCount == 1 else { throw missing(.valueFile, key) }
                try database.seal(.valueFile, where: "digest = ?", [key.bytes])
            }
        }
    }

    /// Records that a file is whole.
    ///
    /// - Parameters:
    ///   - size: of the file, in bytes.
    ///   - pieces: CRC-32 of each of its pieces.
    ///   - verified: what the file system tells of it.
    /// - Throws: `missingRecord` where it was never begun.
    package func finish(_ key: Digest, size: Int, pieces: [UInt32], verified: String) throws(CacheError) {
        try write { database in
            try database.execute(
                sql: """
                    UPDATE valueFile SET completedRows = rowCount, isFinished = 1, size = ?, pieces = ?, verified = ?
                    WHERE digest = ?
                    """,
                arguments: [
                    size, Int32Blob.encode(pieces.map(Int32.init(bitPattern:))), verified, key.bytes,
                ])
            guard database.changesCount == 1 else { throw missing(.valueFile, key) }
            try database.seal(.valueFile, where: "digest = ?", [key.bytes])
        }
    }

    /// Records that a file's bytes have its checksum, as the file stands now.
    package func verify(_ key: Digest, _ verified: String) throws(CacheError) {
        try write { database in
            try database.execute(
                sql: "UPDATE valueFile SET verified = ? WHERE digest = ?", arguments: [verified, key.bytes])
            try database.seal(.valueFile, where: "digest = ?", [key.bytes])
        }
    }

    /// Forgets a file that is gone or damaged; the file itself is the caller's.
    package func forgetValueFile(_ key: Digest) throws(CacheError) {
        try write { database in
            try database.execute(sql: "DELETE FROM valueFile WHERE digest = ?", arguments: [key.bytes])
            try database.tally(.valueFile)
        }
    }

    /// The record with a key; nil where the file was never begun.
    package func valueFile(_ key: Digest) throws(CacheError) -> ValueFileRecord? {
        try read { try valueFile(key, in: $0) }
    }

    private func valueFile(_ key: Digest, in database: Database) throws -> ValueFileRecord? {
        let row = try Row.fetchOne(
            database,
            sql: """
                SELECT fileName, rowCount, completedRows, isFinished, size, pieces, verified
                FROM valueFile WHERE digest = ?
                """, arguments: [key.bytes])
        guard let row else { return nil }
        let name: String = try row.get("fileName")
        // A study may come from someone else: a path out of its folder is not followed.
        guard ValueFileRecord.isPlain(name) else {
            throw CacheError.damaged(
                file: file, place: "value file \(key)", expected: "a plain file name", found: name)
        }
        var record = ValueFileRecord(key: key, fileName: name, rows: try row.get("rowCount"))
        record.completedRows = try row.get("completedRows")
        record.isFinished = try row.get("isFinished")
        record.size = try row.get("size")
        record.pieces = try Int32Blob.decode(row.get("pieces"), file: file, place: "value file \(key)")
            .map { UInt32(truncatingIfNeeded: $0) }
        record.verified = try row.get("verified")
        return record
    }
}
