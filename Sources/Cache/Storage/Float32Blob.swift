import Foundation

#if _endian(big)
    #error("Vectors are stored little-endian: Float32Blob needs a byte swap on this machine")
#endif

/// Vectors as they lie in the database: IEEE float32, little-endian, checked. Every bit survives, NaN payloads too.
enum Float32Blob {
    static func encode(_ values: [Float]) -> Data { values.withUnsafeBytes { CheckedBlob.encode($0) } }

    /// One row of a matrix of `width` columns.
    static func encode(_ values: [Float], row: Int, width: Int) -> Data {
        values.withUnsafeBufferPointer {
            CheckedBlob.encode(
                UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: $0[row * width..<(row + 1) * width])))
        }
    }

    /// Columns of a matrix of `rows` rows.
    ///
    /// - Precondition: the values fill it, and a row is not empty.
    static func width(of values: [Float], rows: Int) -> Int {
        precondition(
            !values.isEmpty && values.count.isMultiple(of: rows), "\(values.count) values do not fill \(rows) rows")
        return values.count / rows
    }

    /// - Throws: `CacheError.damaged` naming `place` in `file` where the blob does not hold exactly as many numbers as
    ///   `target` takes, or is not what was written; nothing is written then.
    static func decode(
        _ blob: Data?, into target: UnsafeMutableBufferPointer<Float>, file: String, place: @autoclosure () -> String
    ) throws {
        let bytes = UnsafeMutableRawBufferPointer(target)
        try CheckedBlob.decode(blob, count: bytes.count, file: file, place: place()) { bytes.copyMemory(from: $0) }
    }

    /// `count` numbers; throws likewise.
    static func decode(
        _ blob: Data?, count: Int, file: String, place: @autoclosure () -> String
    ) throws -> [Float] {
        // A count that damage made huge asks for no memory.
        guard count >= 0, let blob, count <= blob.count else {
            throw CacheError.damaged(file: file, place: place(), expected: "\(count) numbers", found: "fewer")
        }
        var values = [Float](repeating: 0, count: count)
        try values.withUnsafeMutableBufferPointer { try decode(blob, into: $0, file: file, place: place()) }
        return values
    }
}
