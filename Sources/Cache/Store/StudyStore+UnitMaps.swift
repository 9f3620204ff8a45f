import Analysis
import Digests
import GRDB

extension StudyStore {
    /// Keeps a layout of units.
    ///
    /// - Parameter key: digest of the embeddings and of all that decides the layout.
    package func store(_ layout: TSNELayout, key: Digest) throws(CacheError) {
        try write { database in
            try database.execute(
                sql: "INSERT OR REPLACE INTO unitLayout (digest, points, divergence) VALUES (?, ?, ?)",
                arguments: [
                    key.bytes, Float32Blob.encode(layout.points.flatMap { [$0.x, $0.y] }), layout.divergence,
                ])
            try database.seal(.unitLayout, where: "digest = ?", [key.bytes])
        }
    }

    /// The layout of `count` units with a key; nil where there is none.
    package func unitLayout(_ key: Digest, count: Int) throws(CacheError) -> TSNELayout? {
        try read { database -> TSNELayout? in
            let row = try Row.fetchOne(
                database,
                sql: """
                    SELECT points, divergence, \(SealedTable.unitLayout.isWhole) AS isWhole
                    FROM unitLayout WHERE digest = ?
                    """, arguments: [key.bytes])
            guard let row else { return nil }
            try row.requireWhole("unit layout \(key)")
            let values = try Float32Blob.decode(
                try row.find("points"), count: 2 * count, file: file, place: "unit layout \(key)")
            return TSNELayout(
                points: (0..<count).map { SIMD2(values[2 * $0], values[2 * $0 + 1]) },
                divergence: try row.get("divergence"))
        }
    }

    /// Keeps a silhouette.
    ///
    /// - Parameter key: digest of the embeddings, the labels, the seed and the number of shuffles.
    package func store(_ silhouette: SilhouetteScore, key: Digest) throws(CacheError) {
        try write { database in
            try database.execute(
                sql: "INSERT OR REPLACE INTO silhouette (digest, json) VALUES (?, ?)",
                arguments: [key.bytes, StoredJSON.encode(silhouette)])
            try database.seal(.silhouette, where: "digest = ?", [key.bytes])
        }
    }

    /// The silhouette with a key; nil where there is none.
    package func silhouette(_ key: Digest) throws(CacheError) -> SilhouetteScore? {
        try read { database -> SilhouetteScore? in
            let json = try String.fetchOne(
                database, sql: "SELECT json FROM silhouette WHERE digest = ?", arguments: [key.bytes])
            return try json.map {
                try StoredJSON.decode(SilhouetteScore.self, from: $0, file: file, place: "silhouette \(key)")
            }
        }
    }
}
