import Foundation

/// Embeddings in the order they were asked for, some of which may not have been computed yet.
package struct EmbeddingRows: Sendable {
    /// Dimensions of an embedding; 0 while the encoder has stored nothing.
    package let width: Int
    /// [count, width] row by row; zeros where a row is absent.
    package private(set) var values: [Float]
    /// For each row, whether it was in the study.
    package private(set) var isPresent: [Bool]

    /// Number of rows asked for.
    package var count: Int { isPresent.count }

    /// Whether every row was in the study.
    package var isComplete: Bool { isPresent.allSatisfy { $0 } }

    /// The rows that are still to be computed, ascending.
    package var absent: [Int] { isPresent.indices.filter { !isPresent[$0] } }

    /// One embedding; nil where absent.
    package func row(_ index: Int) -> ArraySlice<Float>? {
        isPresent[index] ? values[index * width..<(index + 1) * width] : nil
    }

    /// Rows that are all absent.
    init(count: Int, width: Int = 0) {
        self.width = width
        values = Array(repeating: 0, count: count * width)
        isPresent = Array(repeating: false, count: count)
    }

    /// Fills one row from the database.
    ///
    /// - Throws: `CacheError.damaged` naming `place` in `file` where there is no such row or it has another width.
    mutating func fill(_ index: Int, from blob: Data?, file: String, place: @autoclosure () -> String) throws {
        guard isPresent.indices.contains(index) else {
            throw CacheError.damaged(
                file: file, place: place(), expected: "at most \(count) rows", found: "row \(index)")
        }
        let range = index * width..<(index + 1) * width
        try values.withUnsafeMutableBufferPointer {
            try Float32Blob.decode(
                blob, into: UnsafeMutableBufferPointer(rebasing: $0[range]), file: file, place: place())
        }
        isPresent[index] = true
    }
}
