import Digests
import Foundation
import GRDB

extension StudyStore {
    /// The target models, in the order they were added.
    package func targets() throws(CacheError) -> [TargetRecord] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT id, name, json FROM targetModel ORDER BY id").map { row in
                TargetRecord(
                    id: try row.find("id"), name: try row.get("name"), json: Data((try row.get("json") as String).utf8))
            }
        }
    }

    /// Adds a target model, or replaces what is known of the one with its number, together with layers of it. Its number.
    ///
    /// - Parameter layers: of the number.
    @discardableResult
    package func store(
        _ target: TargetRecord, layers: (Int64) throws -> [LayerRecord] = { _ in [] }
    ) throws(CacheError) -> Int64 {
        try write { database in
            try database.execute(
                sql: """
                    INSERT INTO targetModel (id, name, json) VALUES (?, ?, ?)
                    ON CONFLICT (id) DO UPDATE SET name = excluded.name, json = excluded.json
                    """, arguments: [target.id, target.name, String(decoding: target.json, as: UTF8.self)])
            let id = target.id ?? database.lastInsertedRowID
            try database.seal(.targetModel, where: "id = ?", [id])
            for layer in try layers(id) { try add(layer, to: database) }
            return id
        }
    }

    /// All layers, in the order they were added.
    package func layers() throws(CacheError) -> [LayerRecord] {
        try read { database in
            try Row.fetchAll(
                database, sql: "SELECT id, targetModelID, hookPoint, pooling, json FROM layer ORDER BY id"
            ).map { row in
                LayerRecord(
                    id: try row.find("id"), target: try row.get("targetModelID"), hookPoint: try row.get("hookPoint"),
                    pooling: try row.get("pooling"),
                    json: Data((try row.get("json") as String).utf8))
            }
        }
    }

    /// Adds a layer, or replaces what is known of it.
    package func store(_ layer: LayerRecord) throws(CacheError) {
        try write { try add(layer, to: $0) }
    }

    private func add(_ layer: LayerRecord, to database: Database) throws {
        try database.execute(
            sql: """
                INSERT INTO layer (targetModelID, hookPoint, pooling, json) VALUES (?, ?, ?, ?)
                ON CONFLICT (targetModelID, hookPoint, pooling) DO UPDATE SET json = excluded.json
                """,
            arguments: [layer.target, layer.hookPoint, layer.pooling, String(decoding: layer.json, as: UTF8.self)])
        try database.seal(
            .layer, where: "targetModelID = ? AND hookPoint = ? AND pooling = ?",
            [layer.target, layer.hookPoint, layer.pooling])
    }
}
