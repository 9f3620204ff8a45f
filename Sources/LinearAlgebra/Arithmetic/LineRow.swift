import CKernels

/// The values p + t q of one image's classes, over memory that someone else keeps alive.
///
/// Double precision, each product rounded and then each sum, so that every function here sees the same values.
package struct LineRow {
    package let p: UnsafePointer<Float>
    package let q: UnsafePointer<Float>
    package let count: Int

    package init(p: UnsafePointer<Float>, q: UnsafePointer<Float>, count: Int) {
        (self.p, self.q, self.count) = (p, q, count)
    }

    package subscript(c: Int, t: Double) -> Double { Double(p[c]) + t * Double(q[c]) }

    /// The first class of greatest value, and that value; NaN never wins.
    package func winner(at t: Double) -> (index: Int, top: Double) {
        var top = 0.0
        let index = kernel_line_argmax(p, q, count, t, &top)
        return (index, top)
    }

    /// How many classes reach `floor`.
    package func count(at t: Double, reaching floor: Double) -> Int { kernel_line_count(p, q, count, t, floor) }

    /// The greatest |p| + reach |q|; infinite where the lines are not all finite (but for p = -∞, which never wins).
    package func size(reach: Double) -> Double { kernel_line_size(p, q, count, reach) }
}

/// The first class of greatest p + t q + deviation r.
package func normalizedWinner(
    p: UnsafePointer<Float>, q: UnsafePointer<Float>, r: UnsafePointer<Float>, count: Int, t: Float, deviation: Float
) -> Int { kernel_normalized_argmax(p, q, r, count, t, deviation) }

/// out = base + Σ_k amounts[k] weights[k, :], summed in the order of k; without a base, from zero.
package func moveRow(
    _ base: UnsafePointer<Float>?, _ weights: UnsafePointer<Float>, _ amounts: UnsafePointer<Float>, moves: Int,
    count: Int, into out: UnsafeMutablePointer<Float>
) { kernel_move_row(base, weights, amounts, moves, count, out) }

/// `rows` such rows from zero, to the last bit the same: out [rows, count] of amounts [rows, moves].
package func moveRows(
    _ weights: UnsafePointer<Float>, _ amounts: UnsafePointer<Float>, rows: Int, moves: Int, count: Int,
    into out: UnsafeMutablePointer<Float>
) { kernel_move_rows(weights, amounts, rows, moves, count, out) }

/// out[j] = base[j] + Σ_k amounts[k] weights[k, places[j]] with weights [moves, count], to the last bit what `moveRow`
/// gives there.
package func moveSome(
    _ base: UnsafePointer<Float>?, _ weights: UnsafePointer<Float>, _ amounts: UnsafePointer<Float>, moves: Int,
    count: Int, at places: UnsafeBufferPointer<Int32>, into out: UnsafeMutablePointer<Float>
) {
    guard let first = places.baseAddress else { return }
    kernel_move_some(base, weights, amounts, moves, count, first, places.count, out)
}

/// The `keep` greatest values of a row with their places, greatest first, and the greatest of the others; false where
/// some value is NaN or +∞. `values` and `places` have room for one more than `keep`.
package func leading(
    _ row: UnsafePointer<Float>, count: Int, keep: Int, values: UnsafeMutablePointer<Float>,
    places: UnsafeMutablePointer<Int32>, rest: UnsafeMutablePointer<Float>
) -> Bool { kernel_leading(row, count, keep, values, places, rest) != 0 }

/// The places, in order, whose value can reach `floor`: value + rounding |value| + amount norms[place] is no less. Takes them
/// and their values; nil where there are more than `most`.
package func contenders(
    _ values: UnsafePointer<Float>, at places: UnsafePointer<Int32>?, norms: UnsafePointer<Float>, count: Int,
    amount: Double, rounding: Double, floor: Double, most: Int, into found: UnsafeMutablePointer<Int32>,
    _ kept: UnsafeMutablePointer<Float>
) -> Int? {
    let have = kernel_contenders(values, places, norms, count, amount, rounding, floor, most, found, kept)
    return have > most ? nil : have
}
