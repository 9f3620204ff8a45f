import Digests
import Foundation

/// Bytes followed by the start of their SHA-256, so that a bit that flipped on the disk is an error and no other number.
enum CheckedBlob {
    static let checkSize = 8

    static func encode(_ bytes: UnsafeRawBufferPointer) -> Data {
        var stored = Data(capacity: bytes.count + checkSize)
        stored.append(contentsOf: bytes)
        stored.append(Digest(of: bytes).bytes.prefix(checkSize))
        return stored
    }

    /// What `body` makes of the bytes, of which there must be `count`.
    ///
    /// - Throws: `CacheError.damaged` naming `place` in `file` where there are not as many, or they are not what was written.
    static func decode<Value>(
        _ stored: Data?, count: Int, file: String, place: @autoclosure () -> String,
        _ body: (UnsafeRawBufferPointer) throws -> Value
    ) throws -> Value {
        let found = max(0, (stored?.count ?? 0) - checkSize)
        guard let stored, found == count, stored.count >= checkSize else {
            throw CacheError.damaged(file: file, place: place(), expected: "\(count) bytes", found: "\(found)")
        }
        return try stored.withUnsafeBytes { bytes in
            let content = UnsafeRawBufferPointer(rebasing: bytes[..<count])
            guard Digest(of: content).bytes.prefix(checkSize).elementsEqual(bytes[count...]) else {
                throw CacheError.damaged(file: file, place: place(), expected: "what was stored", found: "other bytes")
            }
            return try body(content)
        }
    }
}
