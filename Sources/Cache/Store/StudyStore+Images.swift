import Digests
import GRDB

extension StudyStore {
    /// Records the images of a set, in their order. A set that is already recorded stays as it is.
    ///
    /// - Parameter set: digest of the images' contents, names and labels in order.
    public func recordImages(_ images: some Collection<ImageRecord>, set: Digest) throws(CacheError) {
        try write { database in
            guard try database.rowID(of: set, in: .imageSet) == nil else { return }
            try database.execute(sql: "INSERT INTO imageSet (digest) VALUES (?)", arguments: [set.bytes])
            let setID = database.lastInsertedRowID
            let insert = try database.makeStatement(
                sql: """
                    INSERT INTO imageSetMember (imageSetID, position, imageID, name, label) VALUES (?, ?, ?, ?, ?)
                    """)
            for (position, image) in images.enumerated() {
                let imageID = try database.rowID(recordingImage: image.digest)
                try insert.execute(arguments: [setID, position, imageID, image.name, image.label])
            }
        }
    }

    /// The images of a set, in order; nil where the set was never recorded.
    public func images(inSet set: Digest) throws(CacheError) -> [ImageRecord]? {
        try read { database -> [ImageRecord]? in
            guard let setID = try database.rowID(of: set, in: .imageSet) else { return nil }
            let cursor = try Row.fetchCursor(
                database,
                sql: """
                    SELECT image.digest, name, label, position
                    FROM imageSetMember JOIN image ON image.id = imageID
                    WHERE imageSetID = ? ORDER BY position
                    """, arguments: [setID])
            var images: [ImageRecord] = []
            while let row = try cursor.next() {
                let digest = try Digest(row[0], file: file, place: "image \(row[3] as Int) of set \(set)")
                images.append(ImageRecord(digest: digest, name: row[1], label: row[2]))
            }
            return images
        }
    }
}
