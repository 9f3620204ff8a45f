import Foundation
import LinearAlgebra

/// A safetensors file of one float32 tensor [N, ...] that is filled from the front, a batch at a time, and can be left
/// half-done: opened again with the same name, shape and metadata it goes on where it stopped.
///
/// Until `finish` the file stands under its name + `.partial`, with a trailer behind the data: how many rows are
/// done and their CRC-32, which is checked before going on, so that rows a crash lost are never taken for written.
package struct ActivationFile: ~Copyable, Sendable {
    /// Of the whole tensor; the first dimension counts the rows.
    package let shape: [Int]
    private let output: OutputFile
    private let layout: Layout
    private var progress: Progress

    fileprivate struct Layout {
        let header: [UInt8]
        /// Of the finished file; the trailer lies behind.
        let fileSize: Int
        let rows: Int
        let rowSize: Int
    }

    fileprivate struct Progress {
        static let encodedSize = 16
        var rows = 0
        var checksum: UInt = 0
    }

    /// Opens `url` + `.partial` to be filled, going on with what is there if it is the same work.
    ///
    /// - Parameters:
    ///   - tensor: its name in the file.
    ///   - metadata: what the values were made from; other metadata means other work, and a fresh start.
    package init(
        _ url: URL, tensor: String, shape: [Int], metadata: [String: String] = [:]
    ) throws(FileError) {
        precondition(shape.count >= 1, "a tensor without rows cannot be filled by rows")
        let header = SafetensorsHeader.encoded([(tensor, shape)], metadata: metadata)
        let layout = Layout(
            header: header.bytes, fileSize: header.fileSize, rows: shape[0],
            rowSize: shape.dropFirst().reduce(MemoryLayout<Float>.size, *))
        let output = try OutputFile(url, suffix: ".partial", keepingContents: true)
        let earlier = try output.progress(layout)
        if earlier == nil { try output.begin(layout) }
        self.shape = shape
        self.layout = layout
        self.output = output
        progress = earlier ?? Progress()
    }

    /// Rows written so far: the next batch begins there.
    package var completedRows: Int { progress.rows }

    /// Appends `rows` [n, ...], n rows of the tensor.
    package mutating func append(_ rows: Tensor) throws(FileError) {
        precondition(rows.shape.dropFirst() == shape.dropFirst(), "rows of shape \(rows.shape) do not fit \(shape)")
        precondition(completedRows + rows.shape[0] <= shape[0], "more rows than the \(shape[0]) announced")
        try output.write(rows, at: layout.header.count + completedRows * layout.rowSize)
        progress.checksum = rows.withUnsafe { crc32(progress.checksum, extendedBy: UnsafeRawBufferPointer($0)) }
        progress.rows += rows.shape[0]
        try output.write(progress, at: layout.fileSize)
    }

    /// Gives the file its name. All rows must be there. The CRC-32 of the whole file.
    @discardableResult
    package consuming func finish() throws(FileError) -> UInt32 {
        precondition(completedRows == shape[0], "\(completedRows) of \(shape[0]) rows written")
        let header = layout.header.withUnsafeBytes { FileChecksum.crc(of: $0) }
        let checksum = FileChecksum.joined(
            header, UInt32(truncatingIfNeeded: progress.checksum), layout.rows * layout.rowSize)
        try output.truncate(to: layout.fileSize)
        try output.publish()
        return checksum
    }
}

extension OutputFile {
    /// An empty file of this layout, on disk room that is taken at once.
    fileprivate func begin(_ layout: ActivationFile.Layout) throws(FileError) {
        do throws(FileError) {
            try truncate(to: 0)
            try reserve(layout.fileSize + ActivationFile.Progress.encodedSize)
            try write(layout.header, at: 0)
            try write(ActivationFile.Progress(), at: layout.fileSize)
        } catch {
            discard()
            throw error
        }
    }

    fileprivate func write(_ progress: ActivationFile.Progress, at position: Int) throws(FileError) {
        let words = [UInt64(progress.rows).littleEndian, UInt64(progress.checksum).littleEndian]
        try write(words.withUnsafeBytes { Array($0) }, at: position)
    }

    /// How far an earlier run came with the same work; nil where this file is something else, or damaged.
    fileprivate func progress(_ layout: ActivationFile.Layout) throws(FileError) -> ActivationFile.Progress? {
        let header = layout.header
        guard count == layout.fileSize + ActivationFile.Progress.encodedSize,
            try read(header.count, at: 0) == header
        else { return nil }
        let trailer = try read(ActivationFile.Progress.encodedSize, at: layout.fileSize)
        let words = trailer.withUnsafeBytes { bytes in
            [0, 8].map { UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: UInt64.self)) }
        }
        guard words[0] <= UInt64(layout.rows) else { return nil }
        var progress = ActivationFile.Progress()
        progress.rows = Int(words[0])
        let end = header.count + progress.rows * layout.rowSize
        for start in stride(from: header.count, to: end, by: 1 << 22) {
            let bytes = try read(min(1 << 22, end - start), at: start)
            progress.checksum = bytes.withUnsafeBytes { crc32(progress.checksum, extendedBy: $0) }
        }
        return UInt64(progress.checksum) == words[1] ? progress : nil
    }
}
