import Digests
import GRDB

extension StudyStore {
    /// Stores a batch of image embeddings; one that is already stored is replaced.
    ///
    /// - Parameters:
    ///   - values: [images.count, width] row by row.
    ///   - images: digests of the images' contents. An image need not be in a set.
    ///   - encoder: digest of E_i: weights and preprocessing.
    /// - Precondition: every row of one encoder has the same width.
    package func store(
        imageEmbeddings values: [Float], of images: some Collection<Digest>, encoder: Digest
    ) throws(CacheError) {
        guard !images.isEmpty else { return }
        let width = Float32Blob.width(of: values, rows: images.count)
        try write { database in
            let encoderID = try database.rowID(recordingEncoder: encoder, width: width)
            let insert = try database.makeStatement(
                sql: """
                    INSERT INTO imageEmbedding (encoderID, imageID, vector) VALUES (?, ?, ?)
                    ON CONFLICT (encoderID, imageID) DO UPDATE SET vector = excluded.vector
                    """)
            for (row, imageID) in try database.rowIDs(recordingImages: images).enumerated() {
                let vector = Float32Blob.encode(values, row: row, width: width)
                try insert.execute(arguments: [encoderID, imageID, vector])
                try database.seal(.imageEmbedding, where: "encoderID = ? AND imageID = ?", [encoderID, imageID])
            }
        }
    }

    /// The embeddings of the images of a set, in its order. The quick way to read many.
    ///
    /// - Parameter positions: only these of its images, as far as there are any.
    /// - Throws: `missingRecord` where the set was never recorded, `damaged` where a row has another width.
    package func imageEmbeddings(
        encoder: Digest, set: Digest, positions: Range<Int> = 0..<Int.max
    ) throws(CacheError) -> EmbeddingRows {
        try read { database in
            guard let setID = try database.rowID(of: set, in: .imageSet) else {
                throw missing(.imageSet, set)
            }
            let scope: StatementArguments = [setID, positions.lowerBound, positions.upperBound]
            let count = try imageCount(ofSet: setID, at: positions, in: database)
            guard let encoder = try database.encoder(encoder) else { return EmbeddingRows(count: count) }
            let cursor = try Row.fetchCursor(
                database,
                sql: """
                    SELECT position, vector,
                        \(SealedTable.imageSetMember.isWhole) AND \(SealedTable.imageEmbedding.isWhole) AS isWhole
                    FROM imageSetMember CROSS JOIN imageEmbedding USING (imageID)
                    WHERE imageSetID = ? AND position >= ? AND position < ? AND encoderID = ?
                    """, arguments: scope + [encoder.id])
            var rows = EmbeddingRows(count: count, width: encoder.width)
            while let row = try cursor.next() {
                let index: Int = try row.get("position")
                try row.requireWhole("embedding of image \(index) of set \(set)")
                try row.withUnsafeData(atIndex: 1) {
                    try rows.fill(
                        index - positions.lowerBound, from: $0, file: file,
                        place: "embedding of image \(index) of set \(set)")
                }
            }
            return rows
        }
    }

    /// The positions of a set whose images have no embedding yet, ascending.
    ///
    /// - Throws: `missingRecord` where the set was never recorded.
    package func positionsWithoutEmbedding(encoder: Digest, set: Digest) throws(CacheError) -> [Int] {
        try read { database in
            guard let setID = try database.rowID(of: set, in: .imageSet) else {
                throw missing(.imageSet, set)
            }
            return try Int.fetchAll(
                database,
                sql: """
                    SELECT position FROM imageSetMember
                    WHERE imageSetID = ? AND NOT EXISTS (
                        SELECT 1 FROM imageEmbedding
                        WHERE imageEmbedding.imageID = imageSetMember.imageID AND encoderID = ?)
                    ORDER BY position
                    """, arguments: [setID, try database.encoder(encoder)?.id])
        }
    }

    /// The embeddings of some images; those not yet stored are left out.
    ///
    /// - Throws: `damaged` where one has another width than its encoder's.
    package func imageEmbeddings(
        encoder: Digest, of images: some Collection<Digest>
    ) throws(CacheError) -> [Digest: [Float]] {
        try read { database -> [Digest: [Float]] in
            guard let encoder = try database.encoder(encoder) else { return [:] }
            let select = try database.makeStatement(
                sql: """
                    SELECT vector, \(SealedTable.imageEmbedding.isWhole) AND \(SealedTable.image.isWhole) AS isWhole
                    FROM imageEmbedding JOIN image ON image.id = imageID
                    WHERE encoderID = ? AND digest = ?
                    """)
            var found: [Digest: [Float]] = [:]
            for image in images {
                guard let row = try Row.fetchOne(select, arguments: [encoder.id, image.bytes]) else { continue }
                try row.requireWhole("embedding of image \(image)")
                found[image] = try row.withUnsafeData(atIndex: 0) {
                    try Float32Blob.decode($0, count: encoder.width, file: file, place: "embedding of image \(image)")
                }
            }
            return found
        }
    }
}
