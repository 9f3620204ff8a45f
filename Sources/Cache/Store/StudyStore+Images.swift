import Digests
import GRDB

extension StudyStore {
    /// Records the images of a set, in their order. A set that is already recorded stays as it is.
    ///
    /// - Parameter set: digest of the images' contents, names and labels in order.
    public func recordImages(_ images: some Collection<ImageRecord>, set: Digest) throws(CacheError) {
        guard try imageReading(ofSet: set) == nil else { return }
        try recordImages(images, skipped: [], examined: 0..<images.count, isLast: true, set: set)
    }

    /// Records a page of a set's files: those that are images, which join the set in this order, and those that could not be
    /// read. A page that is already recorded stays as it is.
    ///
    /// - Parameters:
    ///   - examined: positions of the page's files among all files of the set.
    ///   - isLast: whether the set is complete with this page.
    /// - Precondition: all pages before were recorded.
    public func recordImages(
        _ images: some Collection<ImageRecord>, skipped: [SkippedImage], examined: Range<Int>, isLast: Bool, set: Digest
    ) throws(CacheError) {
        try write { database in
            try database.execute(
                sql: "INSERT OR IGNORE INTO imageSet (digest, isComplete) VALUES (?, 0)", arguments: [set.bytes])
            let row = try Row.fetchOne(
                database, sql: "SELECT id, examined, isComplete FROM imageSet WHERE digest = ?", arguments: [set.bytes])
            guard let row, row[2] == false, row[1] <= examined.lowerBound else { return }
            let setID: Int64 = row[0]
            precondition(row[1] == examined.lowerBound, "a page of images was left out")
            let first =
                try Int.fetchOne(
                    database, sql: "SELECT COUNT(*) FROM imageSetMember WHERE imageSetID = ?", arguments: [setID]) ?? 0
            let insert = try database.makeStatement(
                sql: """
                    INSERT INTO imageSetMember (imageSetID, position, imageID, name, label) VALUES (?, ?, ?, ?, ?)
                    """)
            for (position, image) in images.enumerated() {
                let imageID = try database.rowID(recordingImage: image.digest)
                try insert.execute(arguments: [setID, first + position, imageID, image.name, image.label])
            }
            for image in skipped {
                try database.execute(
                    sql: "INSERT INTO skippedImage (imageSetID, position, name, reason) VALUES (?, ?, ?, ?)",
                    arguments: [setID, image.position, image.name, image.reason])
            }
            try database.execute(
                sql: "UPDATE imageSet SET examined = ?, isComplete = ? WHERE id = ?",
                arguments: [examined.upperBound, isLast, setID])
        }
    }

    /// How far the reading of a set has come; nil where it was never begun.
    public func imageReading(ofSet set: Digest) throws(CacheError) -> (examined: Int, isComplete: Bool)? {
        try read { database in
            try Row.fetchOne(
                database, sql: "SELECT examined, isComplete FROM imageSet WHERE digest = ?", arguments: [set.bytes]
            ).map { ($0[0], $0[1]) }
        }
    }

    /// The files of a set that could not be read, in order.
    public func skippedImages(inSet set: Digest) throws(CacheError) -> [SkippedImage] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT position, name, reason FROM skippedImage
                    WHERE imageSetID = (SELECT id FROM imageSet WHERE digest = ?) ORDER BY position
                    """, arguments: [set.bytes]
            ).map { SkippedImage(position: $0[0], name: $0[1], reason: $0[2]) }
        }
    }

    /// The images of a set, in order; nil where the set was never recorded.
    ///
    /// - Parameter positions: only these of them, as far as there are any.
    public func images(
        inSet set: Digest, positions: Range<Int> = 0..<Int.max
    ) throws(CacheError) -> [ImageRecord]? {
        try read { database -> [ImageRecord]? in
            guard let setID = try database.rowID(of: set, in: .imageSet) else { return nil }
            let cursor = try Row.fetchCursor(
                database,
                sql: """
                    SELECT image.digest, name, label, position
                    FROM imageSetMember JOIN image ON image.id = imageID
                    WHERE imageSetID = ? AND position >= ? AND position < ? ORDER BY position
                    """, arguments: [setID, positions.lowerBound, positions.upperBound])
            var images: [ImageRecord] = []
            while let row = try cursor.next() {
                let digest = try Digest(row[0], file: file, place: "image \(row[3] as Int) of set \(set)")
                images.append(ImageRecord(digest: digest, name: row[1], label: row[2]))
            }
            return images
        }
    }
}
