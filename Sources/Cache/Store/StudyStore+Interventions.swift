import Analysis
import Digests
import GRDB

extension StudyStore {
    /// Keeps what an intervention did, counted on some or all held-out images.
    ///
    /// Of two outcomes under one key the one counted on more images stays, so a partial one never replaces a complete
    /// one, whichever process comes last.
    ///
    /// - Parameter key: digest of all that produced the outcome: model, layer, operator, unit set, β, images, class.
    public func store(
        _ outcome: InterventionOutcome, of intervention: Intervention, key: Digest
    ) throws(CacheError) {
        try write { database in
            try database.execute(
                sql: """
                    INSERT INTO interventionOutcome (digest, intervention, outcome, images) VALUES (?, ?, ?, ?)
                    ON CONFLICT (digest) DO UPDATE SET
                    intervention = excluded.intervention, outcome = excluded.outcome, images = excluded.images
                    WHERE excluded.images >= interventionOutcome.images
                    """,
                arguments: [
                    key.bytes, StoredJSON.encode(intervention), StoredJSON.encode(outcome), outcome.images,
                ])
        }
    }

    /// What the intervention with a key did, as far as it was counted; nil where it was not.
    public func interventionOutcome(_ key: Digest) throws(CacheError) -> InterventionOutcome? {
        try read { database -> InterventionOutcome? in
            let json = try String.fetchOne(
                database, sql: "SELECT outcome FROM interventionOutcome WHERE digest = ?", arguments: [key.bytes])
            return try json.map {
                try StoredJSON.decode(
                    InterventionOutcome.self, from: $0, file: file, place: "intervention outcome \(key)")
            }
        }
    }
}
