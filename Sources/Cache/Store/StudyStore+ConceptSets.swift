import Digests
import Foundation
import GRDB

/// A concept set as a list needs it, its words unread.
package struct ConceptSetEntry: Sendable, Hashable {
    package let name: String
    package let count: Int
    package let digest: Digest

    package init(name: String, count: Int, digest: Digest) {
        (self.name, self.count, self.digest) = (name, count, digest)
    }
}

extension StudyStore {
    /// The concept sets as a list shows them, in the order they were added; no words are read.
    package func conceptSetEntries() throws(CacheError) -> [ConceptSetEntry] {
        try read { database in
            let sql = "SELECT name, json_array_length(concepts) AS count, digest FROM conceptSet ORDER BY id"
            return try Row.fetchAll(database, sql: sql).map { row in
                ConceptSetEntry(name: try row.get("name"), count: try row.get("count"), digest: try digest(row))
            }
        }
    }

    /// The concept set of a digest; nil where there is none.
    package func conceptSet(_ digest: Digest) throws(CacheError) -> ConceptSetRecord? {
        try read { database in
            let sql = "SELECT name, concepts, digest FROM conceptSet WHERE digest = ?"
            return try Row.fetchOne(database, sql: sql, arguments: [digest.bytes]).map(conceptSet)
        }
    }

    /// The concept sets with their words, in the order they were added.
    package func conceptSets() throws(CacheError) -> [ConceptSetRecord] {
        try read { database in
            let sql = "SELECT name, concepts, digest FROM conceptSet ORDER BY id"
            return try Row.fetchAll(database, sql: sql).map(conceptSet)
        }
    }

    private func conceptSet(_ row: Row) throws -> ConceptSetRecord {
        let name: String = try row.get("name")
        let concepts = try StoredJSON.decode(
            [String].self, from: try row.get("concepts"), file: file, place: "concept set \(name)")
        let record = ConceptSetRecord(name: name, concepts: concepts)
        guard try record.digest == digest(row) else {
            throw CacheError.damaged(
                file: file, place: "concept set \(name)", expected: "the concepts of its digest", found: "others")
        }
        return record
    }

    private func digest(_ row: Row) throws -> Digest {
        try Digest(row.get("digest"), file: file, place: "a concept set")
    }

    /// Adds a concept set; one of the same concepts takes the new name.
    package func store(_ set: ConceptSetRecord) throws(CacheError) {
        try write { database in
            try database.execute(
                sql: """
                    INSERT INTO conceptSet (digest, name, concepts) VALUES (?, ?, ?)
                    ON CONFLICT (digest) DO UPDATE SET name = excluded.name
                    """, arguments: [set.digest.bytes, set.name, StoredJSON.encode(set.concepts)])
        }
    }
}
