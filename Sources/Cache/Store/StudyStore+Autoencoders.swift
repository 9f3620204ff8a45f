import Digests
import Foundation
import GRDB

extension StudyStore {
    /// Records a finished autoencoder, in place of one with the same key.
    package func store(_ run: AutoencoderRun) throws(CacheError) {
        try write { database in
            try database.execute(
                sql: """
                    INSERT INTO autoencoderRun (digest, parameters, features, width, fileName, report)
                    VALUES (?, ?, ?, ?, ?, ?)
                    ON CONFLICT (digest) DO UPDATE SET
                    parameters = excluded.parameters, features = excluded.features, width = excluded.width,
                    fileName = excluded.fileName, report = excluded.report
                    """,
                arguments: [
                    run.key.bytes, String(decoding: run.parameters, as: UTF8.self), run.features, run.width,
                    run.fileName, String(decoding: run.report, as: UTF8.self),
                ])
            try database.seal(.autoencoderRun, where: "digest = ?", [run.key.bytes])
        }
    }

    /// The autoencoder with a key; nil where there is none.
    package func autoencoderRun(_ key: Digest) throws(CacheError) -> AutoencoderRun? {
        try read { database -> AutoencoderRun? in
            let row = try Row.fetchOne(
                database,
                sql: "SELECT parameters, features, width, fileName, report FROM autoencoderRun WHERE digest = ?",
                arguments: [key.bytes])
            guard let row else { return nil }
            let fileName: String = try row.get("fileName")
            guard ValueFileRecord.isPlain(fileName) else {
                throw CacheError.damaged(
                    file: file, place: "autoencoder \(key)", expected: "a plain file name", found: fileName)
            }
            return AutoencoderRun(
                key: key, parameters: Data((try row.get("parameters") as String).utf8),
                features: try row.get("features"), width: try row.get("width"),
                fileName: fileName, report: Data((try row.get("report") as String).utf8))
        }
    }
}
