import GRDB
import GRDBSQLite

/// A checksum in every row, of all its other columns: a bit that flipped on the disk is an error, and no other number.
///
/// `seal(…)` is a function of our connections, FNV-1a of 64 bits over the kinds and the bytes of its arguments: each step is
/// a bijection of its state, so one changed byte always shows. http://www.isthe.com/chongo/tech/comp/fnv
package enum Seal {
    /// Makes the function known to a connection. It reads the values where SQLite has them: a row is sealed in well under a
    /// microsecond, and a study has hundreds of thousands.
    package static func add(to database: Database) throws {
        let code = sqlite3_create_function_v2(
            database.sqliteConnection, "seal", -1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, nil,
            { context, count, values in
                let values = UnsafeBufferPointer(start: values, count: Int(count))
                sqlite3_result_int64(context, Int64(bitPattern: Seal.sum(of: values)))
            }, nil, nil, nil)
        guard code == SQLITE_OK else { throw DatabaseError(resultCode: ResultCode(rawValue: code)) }
    }

    private static func sum(of values: UnsafeBufferPointer<OpaquePointer?>) -> UInt64 {
        var sum = Sum()
        for value in values {
            switch sqlite3_value_type(value) {
            case SQLITE_INTEGER: sum.add(kind: 1, UInt64(bitPattern: sqlite3_value_int64(value)))
            case SQLITE_FLOAT: sum.add(kind: 2, sqlite3_value_double(value).bitPattern)
            case SQLITE_TEXT: sum.add(kind: 3, sqlite3_value_text(value), sqlite3_value_bytes(value))
            case SQLITE_BLOB: sum.add(kind: 4, sqlite3_value_blob(value), sqlite3_value_bytes(value))
            default: sum.add(byte: 0)
            }
        }
        return sum.value
    }

    private struct Sum {
        var value: UInt64 = 0xcbf2_9ce4_8422_2325

        mutating func add(byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }

        /// Bytes, and then how many.
        mutating func add(kind: UInt8, _ start: UnsafeRawPointer?, _ count: Int32) {
            for byte in UnsafeRawBufferPointer(start: start, count: Int(count)) { add(byte: byte) }
            add(kind: kind, UInt64(count))
        }

        mutating func add(kind: UInt8, _ bits: UInt64) {
            add(byte: kind)
            for shift in stride(from: UInt64(0), to: 64, by: 8) { add(byte: UInt8(truncatingIfNeeded: bits >> shift)) }
        }
    }
}

/// The tables of a study, whose rows are sealed.
package enum SealedTable: String, CaseIterable {
    case configuration, image, imageSet, role, imageSetMember, skippedImage, fileDigest, encoder, imageEmbedding
    case conceptEmbedding, conceptSet, targetModel, layer, valueFile, alignmentRun, autoencoderRun, unitLayout
    case silhouette, editedRun, editedPrediction, finding, document

    /// What a row's seal is made of. Vectors have a checksum of their own at their end, which stands for them here: so each
    /// is bound to its row.
    private var columns: [String] {
        switch self {
        case .configuration: ["id", "json"]
        case .image: ["id", "digest"]
        case .imageSet: ["id", "digest", "json", "examined", "isComplete", "images", "substr(labels, -8)"]
        case .role: ["name", "imageSetID"]
        case .imageSetMember: ["imageSetID", "position", "imageID", "name", "label"]
        case .skippedImage: ["imageSetID", "position", "name", "reason"]
        case .fileDigest: ["device", "inode", "size", "modified", "changed", "digest"]
        case .encoder: ["id", "digest", "width"]
        case .imageEmbedding: ["encoderID", "imageID", "substr(vector, -8)"]
        case .conceptEmbedding: ["encoderID", "text", "substr(vector, -8)"]
        case .conceptSet: ["id", "digest", "name", "concepts"]
        case .targetModel: ["id", "name", "json"]
        case .layer: ["id", "targetModelID", "hookPoint", "pooling", "json"]
        case .valueFile:
            [
                "id", "digest", "fileName", "rowCount", "completedRows", "isFinished", "size", "substr(pieces, -8)",
                "verified",
            ]
        case .alignmentRun:
            ["id", "digest", "units", "width", "substr(weights, -8)", "report"]
        case .autoencoderRun: ["id", "digest", "parameters", "features", "width", "fileName", "report"]
        case .unitLayout: ["id", "digest", "substr(points, -8)", "divergence"]
        case .silhouette: ["id", "digest", "json"]
        case .editedRun: ["id", "digest"]
        case .editedPrediction: ["editedRunID", "imageID", "class"]
        case .finding: ["id", "finding", "note", "created", "deleted"]
        case .document: ["name", "json"]
        }
    }

    /// Tables that are small and decide what is looked up at all: whole when a study is opened. The rows of the others are
    /// checked as they are read.
    static let checkedAtOpening = allCases.filter {
        switch $0 {
        case .image, .imageSetMember, .fileDigest, .imageEmbedding, .conceptEmbedding, .alignmentRun, .unitLayout,
            .editedRun, .editedPrediction:
            false
        default: true
        }
    }

    /// The seal that a row should have, as SQL.
    package var seal: String { "seal(" + columns.map(qualified).joined(separator: ", ") + ")" }

    /// Whether a row has it, as SQL.
    var isWhole: String { "\(rawValue).seal = \(seal)" }

    private func qualified(_ column: String) -> String {
        column.hasPrefix("substr(")
            ? "substr(\(rawValue).\(column.dropFirst("substr(".count))" : "\(rawValue).\(column)"
    }
}

extension Database {
    /// Seals rows that were written, and tallies their table where it is small.
    func seal(_ table: SealedTable, where condition: String, _ arguments: StatementArguments = []) throws {
        try cachedStatement(sql: "UPDATE \(table.rawValue) SET seal = \(table.seal) WHERE \(condition)")
            .execute(arguments: arguments)
        if SealedTable.checkedAtOpening.contains(table) { try tally(table) }
    }
}

extension Row {
    /// - Throws: `TornRow` unless `isWhole`, of this row or of all it was joined from.
    func requireWhole(_ place: @autoclosure () -> String) throws {
        guard try find("isWhole") == true else { throw TornRow(place: place()) }
    }
}

/// A row that is not what was stored; the store adds the file.
struct TornRow: Error {
    let place: String
}
