import Foundation

/// Whole numbers as they lie in the database: 32 bits each, little-endian, checked.
enum Int32Blob {
    static func encode(_ values: [Int32]) -> Data { values.withUnsafeBytes { CheckedBlob.encode($0) } }

    /// As many as there are.
    static func decode(_ blob: Data, file: String, place: @autoclosure () -> String) throws -> [Int] {
        try decode(blob, count: max(0, blob.count - CheckedBlob.checkSize) / 4, file: file, place: place())
    }

    /// - Throws: `CacheError.damaged` naming `place` in `file` where the blob does not hold `count` numbers, or is not what
    ///   was written.
    static func decode(_ blob: Data, count: Int, file: String, place: @autoclosure () -> String) throws -> [Int] {
        try CheckedBlob.decode(blob, count: 4 * count, file: file, place: place()) { bytes in
            (0..<count).map { Int(bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Int32.self)) }
        }
    }
}
