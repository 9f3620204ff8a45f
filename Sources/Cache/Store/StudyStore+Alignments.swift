import Digests
import Foundation
import GRDB

extension StudyStore {
    /// Stores a finished alignment run, in place of one with the same key.
    package func store(_ run: AlignmentRun) throws(CacheError) {
        try write { database in
            try database.execute(
                sql: """
                    INSERT INTO alignmentRun (digest, units, width, weights, report) VALUES (?, ?, ?, ?, ?)
                    ON CONFLICT (digest) DO UPDATE SET
                    units = excluded.units, width = excluded.width, weights = excluded.weights,
                    report = excluded.report
                    """,
                arguments: [
                    run.key.bytes, run.units, run.width, Float32Blob.encode(run.weights),
                    String(decoding: run.report, as: UTF8.self),
                ])
            try database.seal(.alignmentRun, where: "digest = ?", [run.key.bytes])
        }
    }

    /// The alignment run with a key; nil where there is none.
    package func alignmentRun(_ key: Digest) throws(CacheError) -> AlignmentRun? {
        try read { database -> AlignmentRun? in
            let row = try Row.fetchOne(
                database,
                sql: """
                    SELECT units, width, weights, report, \(SealedTable.alignmentRun.isWhole) AS isWhole
                    FROM alignmentRun WHERE digest = ?
                    """, arguments: [key.bytes])
            guard let row else { return nil }
            try row.requireWhole("alignment run \(key)")
            let (units, width): (Int, Int) = (try row.get("units"), try row.get("width"))
            let (count, overflow) = units.multipliedReportingOverflow(by: width)
            guard units >= 0, width >= 0, !overflow else {
                throw CacheError.damaged(
                    file: file, place: "alignment run \(key)", expected: "a size", found: "\(units) x \(width)")
            }
            let weights = try Float32Blob.decode(
                try row.find("weights"), count: count, file: file, place: "weights of alignment run \(key)")
            return AlignmentRun(
                key: key, units: units, width: width, weights: weights,
                report: Data((try row.get("report") as String).utf8))
        }
    }
}
