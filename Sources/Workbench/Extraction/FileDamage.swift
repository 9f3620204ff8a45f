import Cache
import Files
import Foundation

/// Where a file of the study is not what was written, as closely as its checksums tell.
package enum FileDamage: Sendable, Hashable {
    /// It has another size, in bytes.
    case size(expected: Int, found: Int)
    /// Somewhere among these bytes.
    case bytes(Range<Int>)
    /// Somewhere among the values of these images, by their places.
    case rows(Range<Int>)

    /// Nil where the file is what was written.
    init?(of record: ValueFileRecord, at url: URL) throws {
        let found = try FileChecksum(of: url)
        guard found.size == record.size else {
            self = .size(expected: record.size, found: found.size)
            return
        }
        guard let bytes = found.difference(from: record.pieces) else { return nil }
        self = Self.rows(bytes, of: record, at: url).map(FileDamage.rows) ?? .bytes(bytes)
    }

    /// Nil where the header of the file is concerned too, or where it has other things than a row for each image.
    private static func rows(_ bytes: Range<Int>, of record: ValueFileRecord, at url: URL) -> Range<Int>? {
        let header = try? MappedFile(url).withBytes { try? SafetensorsHeader(parsing: $0) }
        guard let values = header?.entries[ValueWriter.tensor]?.range, values.lowerBound <= bytes.lowerBound,
            record.rows > 0
        else { return nil }
        let size = values.count / record.rows
        guard size > 0, values.count == size * record.rows else { return nil }
        let range = bytes.lowerBound - values.lowerBound..<bytes.upperBound - values.lowerBound
        return range.lowerBound / size..<min(record.rows, (range.upperBound + size - 1) / size)
    }
}
