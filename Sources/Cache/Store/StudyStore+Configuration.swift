import Foundation
import GRDB

extension StudyStore {
    /// What the study is about.
    package func configuration() throws(CacheError) -> StudyConfiguration {
        try read { database in
            guard let json = try String.fetchOne(database, sql: "SELECT json FROM configuration") else {
                throw CacheError.damaged(file: file, place: "configuration", expected: "one row", found: "none")
            }
            return try StoredJSON.decode(StudyConfiguration.self, from: json, file: file, place: "configuration")
        }
    }

    /// Changes what the study is about. Cached values stay: their keys tell which of them still apply.
    package func update(_ configuration: StudyConfiguration) throws(CacheError) {
        try write { database in
            try database.execute(
                sql: "UPDATE configuration SET json = ?", arguments: [StoredJSON.encode(configuration)])
            try database.seal(.configuration, where: "id = 1")
        }
    }

    /// Keeps a document under a name, in place of what was kept before.
    ///
    /// - Parameter json: UTF-8 JSON, in a form that is the caller's own.
    package func keep(_ json: Data, as name: String) throws(CacheError) {
        try write { database in
            try database.execute(
                sql: """
                    INSERT INTO document (name, json) VALUES (?, ?)
                    ON CONFLICT (name) DO UPDATE SET json = excluded.json
                    """, arguments: [name, String(decoding: json, as: UTF8.self)])
            try database.seal(.document, where: "name = ?", [name])
        }
    }

    /// The document kept under a name; nil where there is none.
    package func document(named name: String) throws(CacheError) -> Data? {
        try read { database in
            try String.fetchOne(database, sql: "SELECT json FROM document WHERE name = ?", arguments: [name])
                .map { Data($0.utf8) }
        }
    }
}
