import LinearAlgebra

/// What each unit exceeds at a given share of all places of all images: T_k of Network Dissection, P(a_k > T_k) = 0.005
/// (Bau et al. 2017).
///
/// Exact, though activations come piece by piece: of each unit only the greatest are kept, twice that share at most.
package struct ActivationThresholds: Sendable {
    /// The share that Bau et al. take.
    package static let publishedShare = 0.005

    /// How many places of each unit may exceed its threshold.
    package let above: Int
    private var greatest: [Greatest]

    /// - Parameters:
    ///   - units: the columns that are to come.
    ///   - places: the rows that are to come, of all images.
    package init(units: Int, places: Int, share: Double = publishedShare) {
        let above = max(1, Int(share * Double(places)))
        self.above = above
        greatest = (0..<units).map { _ in Greatest(limit: above + 1) }
    }

    /// - Parameter values: [places, units]
    package mutating func add(_ values: Tensor) {
        precondition(values.columns == greatest.count)
        let (rows, columns) = (values.rows, values.columns)
        greatest.withUnsafeMutableBufferPointer { greatest in
            nonisolated(unsafe) let greatest = greatest
            values.withUnsafe { values in
                nonisolated(unsafe) let values = values
                parallel(blocks(of: columns, size: 64)) { units in
                    for row in 0..<rows {
                        for unit in units { greatest[unit].take(values[row * columns + unit]) }
                    }
                }
            }
        }
    }

    /// Of each unit the greatest value that no more than `above` places exceed.
    package var values: [Float] { greatest.map(\.least) }
}

/// The greatest of a stream of numbers.
private struct Greatest: Sendable {
    private let limit: Int
    private var kept: [Float] = []
    private var bar = -Float.infinity

    init(limit: Int) { self.limit = limit }

    mutating func take(_ value: Float) {
        guard value > bar || kept.count < limit else { return }
        kept.append(value)
        guard kept.count == 2 * limit else { return }
        kept.sort(by: >)
        kept.removeLast(limit)
        bar = kept[limit - 1]
    }

    /// The last of the `limit` greatest; of fewer numbers the least.
    var least: Float {
        let sorted = kept.sorted(by: >)
        return sorted.isEmpty ? .infinity : sorted[min(limit, sorted.count) - 1]
    }
}
