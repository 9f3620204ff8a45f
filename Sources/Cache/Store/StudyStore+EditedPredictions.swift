import Digests
import GRDB

extension StudyStore {
    /// Keeps the classes predicted for some images under interventions.
    ///
    /// - Parameters:
    ///   - run: digest of all that the predictions depend on but the image: model, layer, pooling, interventions.
    ///   - images: digests of the images, one a class of `classes`. All must be recorded.
    package func store(editedPredictions classes: [Int], of images: [Digest], run: Digest) throws(CacheError) {
        precondition(classes.count == images.count)
        try write { database in
            try database.execute(
                sql: "INSERT INTO editedRun (digest) VALUES (?) ON CONFLICT (digest) DO NOTHING",
                arguments: [run.bytes])
            try database.seal(.editedRun, where: "digest = ?", [run.bytes])
            guard let runID = try database.rowID(of: run, in: .editedRun) else { return }
            let insert = try database.cachedStatement(
                sql: "INSERT OR REPLACE INTO editedPrediction (editedRunID, imageID, class) VALUES (?, ?, ?)")
            for (imageID, predicted) in zip(try database.rowIDs(recordingImages: images), classes) {
                try insert.execute(arguments: [runID, imageID, predicted])
                try database.seal(.editedPrediction, where: "editedRunID = ? AND imageID = ?", [runID, imageID])
            }
        }
    }

    /// The classes predicted under interventions for the images of a set, by position in it, as far as they are known.
    package func editedPredictions(run: Digest, set: Digest) throws(CacheError) -> [Int: Int] {
        try read { database -> [Int: Int] in
            guard let runID = try database.rowID(of: run, in: .editedRun),
                let setID = try database.rowID(of: set, in: .imageSet)
            else { return [:] }
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT position, class,
                        \(SealedTable.imageSetMember.isWhole) AND \(SealedTable.editedPrediction.isWhole) AS isWhole
                    FROM imageSetMember
                    JOIN editedPrediction USING (imageID)
                    WHERE imageSetID = ? AND editedRunID = ?
                    """, arguments: [setID, runID])
            var known: [Int: Int] = [:]
            while let row = try rows.next() {
                let position: Int = try row.get("position")
                try row.requireWhole("answer of image \(position) in run \(run)")
                known[position] = try row.get("class")
            }
            return known
        }
    }
}
