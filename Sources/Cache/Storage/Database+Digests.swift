import Digests
import Foundation
import GRDB

/// Tables whose rows are known by a digest.
enum DigestTable: String {
    case image, imageSet, encoder, valueFile, alignmentRun, editedRun

    var sealed: SealedTable {
        switch self {
        case .image: .image
        case .imageSet: .imageSet
        case .encoder: .encoder
        case .valueFile: .valueFile
        case .alignmentRun: .alignmentRun
        case .editedRun: .editedRun
        }
    }

    /// The field's word for a row, as errors use it.
    var kind: String {
        switch self {
        case .image: "image"
        case .imageSet: "image set"
        case .encoder: "encoder"
        case .valueFile: "file of values"
        case .alignmentRun: "alignment run"
        case .editedRun: "run under interventions"
        }
    }
}

extension Database {
    /// The row number behind a digest; nil where there is none yet.
    func rowID(of digest: Digest, in table: DigestTable) throws -> Int64? {
        let statement = try cachedStatement(
            sql: "SELECT id, \(table.sealed.isWhole) AS isWhole FROM \(table.rawValue) WHERE digest = ?")
        guard let row = try Row.fetchOne(statement, arguments: [digest.bytes]) else { return nil }
        try row.requireWhole("\(table.kind) \(digest)")
        return try row.get("id")
    }

    /// The row numbers of images; those that were not recorded are now, and are sealed together.
    func rowIDs(recordingImages digests: some Sequence<Digest>) throws -> [Int64] {
        let insert = try cachedStatement(sql: "INSERT INTO image (digest) VALUES (?) ON CONFLICT DO NOTHING")
        var recorded: [Digest: Int64] = [:]
        let ids = try digests.map { digest in
            try insert.execute(arguments: [digest.bytes])
            if changesCount > 0 {
                recorded[digest] = lastInsertedRowID
                return lastInsertedRowID
            }
            if let id = try recorded[digest] ?? rowID(of: digest, in: .image) { return id }
            throw TornRow(place: "image \(digest)")
        }
        // New numbers follow all that were there.
        if let first = recorded.values.min(), let last = recorded.values.max() {
            try seal(.image, where: "id BETWEEN ? AND ?", [first, last])
        }
        return ids
    }

    /// The row number of an encoder, recorded now if it was not.
    ///
    /// - Precondition: an encoder's embeddings all have one width, as its digest decides it.
    func rowID(recordingEncoder digest: Digest, width: Int) throws -> Int64 {
        if let known = try encoder(digest) {
            precondition(known.width == width, "embeddings of \(width) numbers from an encoder of \(known.width)")
            return known.id
        }
        try cachedStatement(sql: "INSERT INTO encoder (digest, width) VALUES (?, ?)")
            .execute(arguments: [digest.bytes, width])
        let id = lastInsertedRowID
        try seal(.encoder, where: "id = ?", [id])
        return id
    }

    /// An encoder that has stored embeddings, with their width; nil where it has not.
    func encoder(_ digest: Digest) throws -> (id: Int64, width: Int)? {
        let statement = try cachedStatement(sql: "SELECT id, width FROM encoder WHERE digest = ?")
        return try Row.fetchOne(statement, arguments: [digest.bytes]).map { (try $0.get("id"), try $0.get("width")) }
    }
}

extension Digest {
    /// A digest read back.
    ///
    /// - Throws: `CacheError.damaged` naming `place` in `file` where the blob is no digest.
    init(_ blob: Data, file: String, place: @autoclosure () -> String) throws(CacheError) {
        guard let digest = Digest(stored: blob) else {
            throw .damaged(file: file, place: place(), expected: "32 bytes", found: "\(blob.count)")
        }
        self = digest
    }
}
