import Foundation
import LinearAlgebra

/// A NumPy array file (NEP 1, version 1.0) of float32 in C order, written row by row. It appears under its name when it
/// is whole; until `finish` it stands under its name + `.writing`.
package struct NPYFile: ~Copyable, Sendable {
    /// Room for any shape, so that the count of rows can be written last. A multiple of 64, as the format asks.
    private static let headerSize = 128

    /// Of one row.
    package let rowShape: [Int]
    private let output: OutputFile
    private var rows = 0

    /// Opens `url` + `.writing`, behind links.
    ///
    /// - Throws: `unwritable`, with EINVAL for a pipe or a device: the header comes last.
    package init(_ url: URL, rowShape: [Int]) throws(FileError) {
        self.rowShape = rowShape
        guard case .file(let place) = try OutputPlace(url) else { throw .unwritable(file: url.path, code: EINVAL) }
        output = try OutputFile(place, suffix: ".writing")
    }

    /// Appends `rows` [n] + `rowShape`.
    package mutating func append(_ rows: Tensor) throws(FileError) {
        precondition(Array(rows.shape.dropFirst()) == rowShape, "rows of shape \(rows.shape) do not fit \(rowShape)")
        let rowSize = rowShape.reduce(MemoryLayout<Float>.size, *)
        try output.write(rows, at: Self.headerSize + self.rows * rowSize)
        self.rows += rows.shape[0]
    }

    /// Writes the header for as many rows as were appended, and gives the file its name.
    package consuming func finish() throws(FileError) {
        try output.write(Self.header([rows] + rowShape), at: 0)
        try output.publish()
    }

    /// Takes the unfinished file away.
    package consuming func discard() { output.discard() }

    private static func header(_ shape: [Int]) -> [UInt8] {
        // A tuple of one has a comma after it.
        let sizes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
        var text = Array("{'descr': '<f4', 'fortran_order': False, 'shape': (\(sizes)), }".utf8)
        let length = headerSize - 10
        precondition(text.count < length, "a shape of \(shape.count) dimensions does not fit the header")
        text += [UInt8](repeating: UInt8(ascii: " "), count: length - 1 - text.count) + [UInt8(ascii: "\n")]
        return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)] + text
    }
}
