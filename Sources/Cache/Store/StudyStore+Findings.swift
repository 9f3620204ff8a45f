import Analysis
import Foundation
import GRDB

extension StudyStore {
    /// All findings but deleted ones, in the order they were marked.
    package func findings() throws(CacheError) -> [Finding] { try findings(where: "deleted IS NULL ORDER BY id") }

    /// Deleted findings, the last one deleted first: each can be inserted again.
    package func deletedFindings() throws(CacheError) -> [Finding] {
        try findings(where: "deleted IS NOT NULL ORDER BY deleted DESC, id DESC")
    }

    private func findings(where condition: String) throws(CacheError) -> [Finding] {
        try read { database in
            try Row.fetchAll(
                database, sql: "SELECT id, finding, note, created FROM finding WHERE \(condition)"
            ).map(finding)
        }
    }

    /// Keeps a finding and returns its number.
    ///
    /// A finding with a number, as deleting returns it, comes back under that number and so in its old place. Numbers
    /// are not used twice.
    @discardableResult
    package func insert(_ finding: Finding) throws(CacheError) -> Int64 {
        try write { database in
            try database.execute(
                sql: """
                    INSERT INTO finding (id, finding, note, created) VALUES (?, ?, ?, ?)
                    ON CONFLICT (id) DO UPDATE SET finding = excluded.finding, note = excluded.note,
                    created = excluded.created, deleted = NULL
                    """,
                arguments: [finding.id, StoredJSON.encode(StoredFinding(finding)), finding.note, finding.created])
            let id = finding.id ?? database.lastInsertedRowID
            try database.seal(.finding, where: "id = ?", [id])
            return id
        }
    }

    /// Deletes a finding and returns it as it was; nil where it is already gone. It stays in the study, so that it can be
    /// inserted again at any later time.
    @discardableResult
    package func deleteFinding(_ id: Int64) throws(CacheError) -> Finding? {
        try write { database in
            let deleted = try Row.fetchOne(
                database,
                sql: """
                    UPDATE finding SET deleted = ? WHERE id = ? AND deleted IS NULL
                    RETURNING id, finding, note, created
                    """, arguments: [Date().timeIntervalSince1970, id]
            ).map(finding)
            try database.seal(.finding, where: "id = ?", [id])
            return deleted
        }
    }

    /// Replaces the note of a finding.
    ///
    /// - Throws: `missingRecord` where the finding is gone.
    package func setNote(_ note: String, ofFinding id: Int64) throws(CacheError) {
        try write { database in
            try database.execute(
                sql: "UPDATE finding SET note = ? WHERE id = ? AND deleted IS NULL", arguments: [note, id])
            guard database.changesCount == 1 else {
                throw CacheError.missingRecord(file: file, kind: "finding", key: String(id))
            }
            try database.seal(.finding, where: "id = ?", [id])
        }
    }

    private func finding(_ row: Row) throws -> Finding {
        let id: Int64 = try row.get("id")
        let stored = try StoredJSON.decode(
            StoredFinding.self, from: row.get("finding"), file: file, place: "finding \(id)")
        return Finding(
            id: id, subject: stored.subject, origin: stored.origin, provenance: stored.provenance,
            note: try row.get("note"), created: try row.get("created"))
    }
}

/// What of a finding stands in no column of its own:
/// `{"version": 1, "subject": {…}, "origin": {…}, "provenance": {…}}`
package struct StoredFinding: StoredFormat {
    package static let version = 1
    package var subject: Finding.Subject
    package var origin: LayerReference?
    package var provenance: Provenance?

    private enum CodingKeys: String, CodingKey { case version, subject, origin, provenance }

    package init(_ finding: Finding) {
        (subject, origin, provenance) = (finding.subject, finding.origin, finding.provenance)
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        try Self.check(versionIn: values, .version)
        subject = try values.decode(Finding.Subject.self, forKey: .subject)
        origin = try values.decodeIfPresent(LayerReference.self, forKey: .origin)
        provenance = try values.decodeIfPresent(Provenance.self, forKey: .provenance)
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(Self.version, forKey: .version)
        try values.encode(subject, forKey: .subject)
        try values.encodeIfPresent(origin, forKey: .origin)
        try values.encodeIfPresent(provenance, forKey: .provenance)
    }
}
