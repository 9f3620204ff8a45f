import Digests
import Foundation
import GRDB

extension StudyStore {
    /// The concept sets, in the order they were added.
    package func conceptSets() throws(CacheError) -> [ConceptSetRecord] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT name, concepts, digest FROM conceptSet ORDER BY id").map { row in
                let name: String = try row.get("name")
                let concepts = try StoredJSON.decode(
                    [String].self, from: try row.get("concepts"), file: file, place: "concept set \(name)")
                let record = ConceptSetRecord(name: name, concepts: concepts)
                guard try record.digest.bytes == row.get("digest") else {
                    throw CacheError.damaged(
                        file: file, place: "concept set \(name)", expected: "the concepts of its digest",
                        found: "others")
                }
                return record
            }
        }
    }

    /// Adds a concept set; one of the same concepts takes the new name.
    package func store(_ set: ConceptSetRecord) throws(CacheError) {
        try write { database in
            try database.execute(
                sql: """
                    INSERT INTO conceptSet (digest, name, concepts) VALUES (?, ?, ?)
                    ON CONFLICT (digest) DO UPDATE SET name = excluded.name
                    """, arguments: [set.digest.bytes, set.name, StoredJSON.encode(set.concepts)])
            try database.seal(.conceptSet, where: "digest = ?", [set.digest.bytes])
        }
    }
}
