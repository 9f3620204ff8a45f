import Algorithms
import LinearAlgebra
import Synchronization

/// Columns of activations, read as single units are steered: each by itself costs a walk over the whole matrix, so those
/// that were read are kept, up to some memory, the newest longest.
final class ColumnCache: Sendable {
    private let kept = Mutex<(columns: [Int: [Float]], order: [Int])>(([:], []))
    /// Floats: 64 MB.
    private static let room = 1 << 24

    /// Columns at `indices` of all rows, or of some: [rows, indices.count]
    func values(of activations: Tensor, at indices: [Int], _ rows: [Int]?) -> Tensor {
        if let rows {
            let known = kept.withLock { kept in indices.compactMap { kept.columns[$0] } }
            return known.count == indices.count
                ? Self.joined(known, rows: rows.count) { rows[$0] }
                : Self.elements(of: activations, at: indices, rows)
        }
        let columns = read(indices, of: activations)
        return Self.joined(indices.compactMap { columns[$0] }, rows: activations.rows) { $0 }
    }

    /// The columns at `indices`; those that are not there yet are gathered in one pass.
    @discardableResult
    func read(_ indices: some Sequence<Int>, of activations: Tensor) -> [Int: [Float]] {
        let wanted = Array(indices)
        var found = kept.withLock { kept in wanted.reduce(into: [:]) { $0[$1] = kept.columns[$1] } }
        let missing = wanted.filter { found[$0] == nil }
        guard !missing.isEmpty else { return found }
        for (index, column) in zip(missing, Self.gathered(activations, missing)) { found[index] = column }
        kept.withLock { kept in
            for index in missing { kept.columns[index] = found[index] }
            kept.order.removeAll(where: Set(wanted).contains)
            kept.order += wanted
            while kept.order.count > max(1, Self.room / max(1, activations.rows)) {
                kept.columns[kept.order.removeFirst()] = nil
            }
        }
        return found
    }

    /// Whole columns, gathered on all cores; what is read of a mapped file is let go.
    private static func gathered(_ activations: Tensor, _ indices: [Int]) -> [[Float]] {
        let (rows, width) = (activations.rows, activations.columns)
        let whole = Tensor([indices.count, rows]) { target in
            // Each block writes rows of its own.
            nonisolated(unsafe) let target = target
            parallel(blocks(of: rows, size: max(1, (1 << 22) / max(1, width)))) { block in
                activations.withUnsafe { source in
                    for row in block {
                        for (column, index) in indices.enumerated() {
                            target[column * rows + row] = source[row * width + index]
                        }
                    }
                }
                activations.release(rows: block)
            }
        }
        return indices.indices.map(whole.row)
    }

    /// Single elements: [rows.count, indices.count]
    private static func elements(of activations: Tensor, at indices: [Int], _ rows: [Int]) -> Tensor {
        let (width, count) = (activations.columns, indices.count)
        return Tensor([rows.count, count]) { target in
            // Each block writes rows of its own.
            nonisolated(unsafe) let target = target
            parallel(blocks(of: rows.count, size: 512)) { block in
                activations.withUnsafe { source in
                    for row in block {
                        for (column, index) in indices.enumerated() {
                            target[row * count + column] = source[rows[row] * width + index]
                        }
                    }
                }
                // Around each element the system maps sixteen pages of a file.
                guard let (first, last) = rows[block].minAndMax() else { return }
                activations.release(rows: first..<last + 1)
            }
        }
    }

    /// Columns side by side: [rows, columns.count]
    private static func joined(_ columns: [[Float]], rows: Int, at row: @Sendable (Int) -> Int) -> Tensor {
        let count = columns.count
        return Tensor([rows, count]) { target in
            // Each block writes rows of its own.
            nonisolated(unsafe) let target = target
            parallel(blocks(of: rows, size: 4096)) { block in
                for (place, column) in columns.enumerated() {
                    column.withUnsafeBufferPointer { column in
                        for image in block { target[image * count + place] = column[row(image)] }
                    }
                }
            }
        }
    }
}
