import Digests
import Foundation
import GRDB

extension StudyStore {
    /// Records a finished autoencoder, in place of one with the same key.
    public func store(_ run: AutoencoderRun) throws(CacheError) {
        try write { database in
            try database.execute(
                sql: """
                    INSERT INTO autoencoderRun (digest, parameters, features, width, fileName, report, created)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT (digest) DO UPDATE SET
                    parameters = excluded.parameters, features = excluded.features, width = excluded.width,
                    fileName = excluded.fileName, report = excluded.report, created = excluded.created
                    """,
                arguments: [
                    run.key.bytes, String(decoding: run.parameters, as: UTF8.self), run.features, run.width,
                    run.fileName, String(decoding: run.report, as: UTF8.self), run.created,
                ])
        }
    }

    /// The autoencoder with a key; nil where there is none.
    public func autoencoderRun(_ key: Digest) throws(CacheError) -> AutoencoderRun? {
        try read { database -> AutoencoderRun? in
            let row = try Row.fetchOne(
                database,
                sql: """
                    SELECT parameters, features, width, fileName, report, created
                    FROM autoencoderRun WHERE digest = ?
                    """, arguments: [key.bytes])
            guard let row else { return nil }
            let fileName: String = row[3]
            guard ValueFileRecord.isPlain(fileName) else {
                throw CacheError.damaged(
                    file: file, place: "autoencoder \(key)", expected: "a plain file name", found: fileName)
            }
            return AutoencoderRun(
                key: key, parameters: Data((row[0] as String).utf8), features: row[1], width: row[2],
                fileName: fileName, report: Data((row[4] as String).utf8), created: row[5])
        }
    }
}
