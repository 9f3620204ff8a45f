import Digests
import Foundation
import GRDB

extension StudyStore {
    /// Records a set of which no file was looked at yet; one that is recorded keeps how far it came.
    package func begin(imageSet digest: Digest, json: Data) throws(CacheError) {
        try write { database in
            try database.execute(
                sql: """
                    INSERT INTO imageSet (digest, json, examined, isComplete, images) VALUES (?, ?, 0, 0, 0)
                    ON CONFLICT (digest) DO UPDATE SET json = excluded.json
                    """, arguments: [digest.bytes, String(decoding: json, as: UTF8.self)])
            try database.seal(.imageSet, where: "digest = ?", [digest.bytes])
        }
    }

    /// Records a page of a set's files: those that are images, which join the set in this order, and those that could not
    /// be read. A page that is already recorded stays as it is.
    ///
    /// - Parameters:
    ///   - examined: positions of the page's files among all files of the set.
    ///   - isLast: whether the set is complete with this page.
    /// - Throws: `missingRecord` where the set was never begun.
    /// - Precondition: all pages before were recorded.
    package func recordImages(
        _ images: some Collection<ImageRecord>, skipped: [SkippedImage], examined: Range<Int>, isLast: Bool, set: Digest
    ) throws(CacheError) {
        try write { database in
            let row = try Row.fetchOne(
                database, sql: "SELECT id, examined, isComplete, images FROM imageSet WHERE digest = ?",
                arguments: [set.bytes])
            guard let row else { throw missing(.imageSet, set) }
            guard try row.get("isComplete") == false, try row.get("examined") <= examined.lowerBound else { return }
            let setID: Int64 = try row.get("id")
            let next: Int = try row.get("examined")
            precondition(next == examined.lowerBound, "a page of images was left out")
            let first: Int = try row.get("images")
            let insert = try database.makeStatement(
                sql: """
                    INSERT INTO imageSetMember (imageSetID, position, imageID, name, label) VALUES (?, ?, ?, ?, ?)
                    """)
            let ids = try database.rowIDs(recordingImages: images.lazy.map(\.digest))
            for (position, (image, imageID)) in zip(images, ids).enumerated() {
                try insert.execute(arguments: [setID, first + position, imageID, image.name, image.label])
            }
            try database.seal(
                .imageSetMember, where: "imageSetID = ? AND position >= ? AND position < ?",
                [setID, first, first + images.count])
            for image in skipped {
                try database.execute(
                    sql: "INSERT INTO skippedImage (imageSetID, position, name, reason) VALUES (?, ?, ?, ?)",
                    arguments: [setID, image.position, image.name, image.reason])
            }
            if !skipped.isEmpty {
                try database.seal(
                    .skippedImage, where: "imageSetID = ? AND position >= ? AND position < ?",
                    [setID, examined.lowerBound, examined.upperBound])
            }
            try database.execute(
                sql: "UPDATE imageSet SET examined = ?, isComplete = ?, images = ? WHERE id = ?",
                arguments: [examined.upperBound, isLast, first + images.count, setID])
            if isLast { try packLabels(ofSet: setID, in: database) }
            try database.seal(.imageSet, where: "id = ?", [setID])
        }
    }

    /// Puts the labels of a set into one blob, which is read at once where the rows would take a second for a million.
    private func packLabels(ofSet setID: Int64, in database: Database) throws {
        let labels = try Int32?.fetchAll(
            database, sql: "SELECT label FROM imageSetMember WHERE imageSetID = ? ORDER BY position", arguments: [setID]
        )
        let known = labels.compactMap { $0 }
        guard !known.isEmpty, known.count == labels.count else { return }
        try database.execute(
            sql: "UPDATE imageSet SET labels = ? WHERE id = ?", arguments: [Int32Blob.encode(known), setID])
    }

    /// A set's record; nil where it was never begun.
    package func imageSet(_ digest: Digest) throws(CacheError) -> ImageSetRecord? {
        try read { database in
            try Row.fetchOne(
                database, sql: "SELECT digest, json, examined, isComplete, images FROM imageSet WHERE digest = ?",
                arguments: [digest.bytes]
            ).map(imageSet)
        }
    }

    /// The set that serves as a role; nil before the images were looked at.
    package func imageSet(of role: ImageRole) throws(CacheError) -> ImageSetRecord? {
        try read { database in
            try Row.fetchOne(
                database,
                sql: """
                    SELECT digest, json, examined, isComplete, images
                    FROM role JOIN imageSet ON imageSet.id = imageSetID WHERE name = ?
                    """, arguments: [role.rawValue]
            ).map(imageSet)
        }
    }

    /// Makes a set serve as a role.
    ///
    /// - Throws: `missingRecord` where the set was never begun.
    package func assign(imageSet digest: Digest, to role: ImageRole) throws(CacheError) {
        try write { database in
            guard let id = try database.rowID(of: digest, in: .imageSet) else { throw missing(.imageSet, digest) }
            try database.execute(
                sql: """
                    INSERT INTO role (name, imageSetID) VALUES (?, ?)
                    ON CONFLICT (name) DO UPDATE SET imageSetID = excluded.imageSetID
                    """, arguments: [role.rawValue, id])
            try database.seal(.role, where: "name = ?", [role.rawValue])
        }
    }

    /// The label of every image of a complete set, in order; nil where the set has none.
    package func labels(ofSet digest: Digest) throws(CacheError) -> [Int]? {
        try read { database -> [Int]? in
            let row = try Row.fetchOne(
                database, sql: "SELECT labels, images FROM imageSet WHERE digest = ?", arguments: [digest.bytes])
            guard let row, let blob: Data = try row.find("labels") else { return nil }
            return try Int32Blob.decode(
                blob, count: try row.get("images"), file: file, place: "labels of set \(digest)")
        }
    }

    /// The files of a set that could not be read, in order.
    package func skippedImages(inSet set: Digest) throws(CacheError) -> [SkippedImage] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT position, name, reason FROM skippedImage
                    WHERE imageSetID = (SELECT id FROM imageSet WHERE digest = ?) ORDER BY position
                    """, arguments: [set.bytes]
            ).map {
                SkippedImage(
                    position: try $0.get("position"), name: try $0.get("name"), reason: try $0.get("reason"))
            }
        }
    }

    /// The images of a set, in order; nil where the set was never recorded.
    ///
    /// - Parameter positions: only these of them, as far as there are any.
    package func images(
        inSet set: Digest, positions: Range<Int> = 0..<Int.max
    ) throws(CacheError) -> [ImageRecord]? {
        try read { database -> [ImageRecord]? in
            guard let setID = try database.rowID(of: set, in: .imageSet) else { return nil }
            let cursor = try Row.fetchCursor(
                database,
                sql: """
                    SELECT image.digest AS digest, name, label, position,
                        \(SealedTable.image.isWhole) AND \(SealedTable.imageSetMember.isWhole) AS isWhole
                    FROM imageSetMember JOIN image ON image.id = imageID
                    WHERE imageSetID = ? AND position >= ? AND position < ? ORDER BY position
                    """, arguments: [setID, positions.lowerBound, positions.upperBound])
            var images: [ImageRecord] = []
            while let row = try cursor.next() {
                let position: Int = try row.get("position")
                try row.requireWhole("image \(position) of set \(set)")
                let digest = try Digest(row.get("digest"), file: file, place: "image \(position) of set \(set)")
                images.append(ImageRecord(digest: digest, name: try row.get("name"), label: try row.find("label")))
            }
            let expected = try imageCount(ofSet: setID, at: positions, in: database)
            guard images.count == expected else {
                throw CacheError.damaged(
                    file: file, place: "images of set \(set)", expected: "\(expected)", found: "\(images.count)")
            }
            return images
        }
    }

    /// How many of some positions a set has, as its record says.
    func imageCount(ofSet setID: Int64, at positions: Range<Int>, in database: Database) throws -> Int {
        let images =
            try Int.fetchOne(database, sql: "SELECT images FROM imageSet WHERE id = ?", arguments: [setID]) ?? 0
        return max(0, min(images, positions.upperBound) - positions.lowerBound)
    }

    private func imageSet(_ row: Row) throws -> ImageSetRecord {
        ImageSetRecord(
            digest: try Digest(try row.get("digest"), file: file, place: "key of an image set"),
            json: Data((try row.get("json") as String).utf8), examined: try row.get("examined"),
            isComplete: try row.get("isComplete"),
            images: try row.get("images"))
    }
}
