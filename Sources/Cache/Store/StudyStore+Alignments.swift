import Digests
import Foundation
import GRDB

extension StudyStore {
    /// Stores a finished alignment run, in place of one with the same key.
    public func store(_ run: AlignmentRun) throws(CacheError) {
        try write { database in
            try database.execute(
                sql: """
                    INSERT INTO alignmentRun (digest, parameters, units, width, weights, report, created)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT (digest) DO UPDATE SET
                    parameters = excluded.parameters, units = excluded.units, width = excluded.width,
                    weights = excluded.weights, report = excluded.report, created = excluded.created
                    """,
                arguments: [
                    run.key.bytes, String(decoding: run.parameters, as: UTF8.self), run.units, run.width,
                    Float32Blob.encode(run.weights), String(decoding: run.report, as: UTF8.self), run.created,
                ])
        }
    }

    /// The alignment run with a key; nil where there is none.
    public func alignmentRun(_ key: Digest) throws(CacheError) -> AlignmentRun? {
        try alignmentRun(where: "digest = ?", arguments: [key.bytes])
    }

    /// The alignment run made last; nil where there is none.
    public func latestAlignmentRun() throws(CacheError) -> AlignmentRun? {
        try alignmentRun(where: "TRUE ORDER BY created DESC, id DESC LIMIT 1")
    }

    /// Stores the embeddings of a run's units, in place of all it had before.
    ///
    /// - Throws: `missingRecord` where the run was never stored.
    /// - Precondition: the embeddings are as wide as the run's.
    public func store(_ embeddings: UnitEmbeddings, ofRun run: Digest) throws(CacheError) {
        try write { database in
            guard let runID = try database.rowID(of: run, in: .alignmentRun) else { throw missing(.alignmentRun, run) }
            let width = try Int.fetchOne(
                database, sql: "SELECT width FROM alignmentRun WHERE id = ?", arguments: [runID])
            precondition(width == embeddings.width, "embeddings of another width than the run's")
            try database.execute(sql: "DELETE FROM unitEmbedding WHERE alignmentRunID = ?", arguments: [runID])
            let insert = try database.makeStatement(
                sql: "INSERT INTO unitEmbedding (alignmentRunID, unit, vector) VALUES (?, ?, ?)")
            for (row, unit) in embeddings.units.enumerated() {
                let vector = Float32Blob.encode(embeddings.values, row: row, width: embeddings.width)
                try insert.execute(arguments: [runID, unit, vector])
            }
        }
    }

    /// The embeddings of a run's units, by ascending index; nil where none were stored.
    public func unitEmbeddings(ofRun run: Digest) throws(CacheError) -> UnitEmbeddings? {
        try read { database -> UnitEmbeddings? in
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT unit, vector, width
                    FROM unitEmbedding JOIN alignmentRun ON alignmentRun.id = alignmentRunID
                    WHERE digest = ? ORDER BY unit
                    """, arguments: [run.bytes])
            var units: [Int] = []
            var width = 0
            var values: [Float] = []
            while let row = try rows.next() {
                units.append(row[0])
                width = row[2]
                values += try Float32Blob.decode(
                    row[1], count: width, file: file, place: "embedding of unit \(units.last!)")
            }
            return units.isEmpty ? nil : UnitEmbeddings(units: units, width: width, values: values)
        }
    }

    private func alignmentRun(
        where condition: String, arguments: StatementArguments = []
    ) throws(CacheError) -> AlignmentRun? {
        try read { database -> AlignmentRun? in
            let row = try Row.fetchOne(
                database,
                sql: """
                    SELECT digest, parameters, units, width, weights, report, created
                    FROM alignmentRun WHERE \(condition)
                    """, arguments: arguments)
            guard let row else { return nil }
            let digest = try Digest(row[0], file: file, place: "key of an alignment run")
            let units: Int = row[2]
            let width: Int = row[3]
            let weights = try Float32Blob.decode(
                row[4], count: units * width, file: file, place: "weights of alignment run \(digest)")
            return AlignmentRun(
                key: digest, parameters: Data((row[1] as String).utf8), units: units, width: width, weights: weights,
                report: Data((row[5] as String).utf8), created: row[6])
        }
    }
}
