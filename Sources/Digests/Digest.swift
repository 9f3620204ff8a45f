import Crypto
import Foundation

/// The SHA-256 of what produced a value: the only kind of key the cache knows, so that a stale hit cannot happen.
package struct Digest: Sendable, Hashable, Codable, CustomStringConvertible {
    /// 32 bytes.
    package let bytes: Data

    /// The digest of raw bytes.
    package init(of bytes: UnsafeRawBufferPointer) {
        self.bytes = Data(SHA256.hash(data: bytes))
    }

    /// The digest of some bytes.
    package init(of bytes: some ContiguousBytes) {
        self = bytes.withUnsafeBytes { Digest(of: $0) }
    }

    /// The digest of named parts; each is framed by its length, so no two lists collide by running together.
    package init(_ parts: (any CustomStringConvertible)...) {
        self.init(combining: parts.map { $0.description })
    }

    /// The digest of a list of texts, each framed by its length.
    package init(combining parts: some Sequence<String>) {
        var hash = SHA256()
        for part in parts {
            let text = Data(part.utf8)
            withUnsafeBytes(of: UInt64(text.count).littleEndian) { hash.update(bufferPointer: $0) }
            hash.update(data: text)
        }
        bytes = Data(hash.finalize())
    }

    /// A digest read back from 32 stored bytes; nil for any other length.
    package init?(stored bytes: Data) {
        guard bytes.count == 32 else { return nil }
        self.bytes = bytes
    }

    /// 64 hexadecimal digits.
    package var description: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
