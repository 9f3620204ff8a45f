import LinearAlgebra

/// The upper envelope of one image's lines over a range of t: which class wins where, and where rounding could decide.
struct Envelope: Sendable, Equatable {
    /// The classes that win one after the other, ascending in t.
    var winners: [Int32] = []
    /// Where each winner but the last gives way to the next.
    var vertices: [Double] = []
    /// Inside these the winner is found by evaluating every class.
    var doubts: [ClosedRange<Double>] = []

    /// Divides the range where the winners at its ends meet: a class that nowhere wins is never looked at again but in
    /// vectorised maxima, of which there are about two for each class that does.
    ///
    /// Rounding: let T bound the error of any value on the range. Every point that is evaluated (ends, vertices) notes
    /// the classes within 4T of the top, and doubts the stretch around it on which one of them may still be within
    /// rounding of the winner. A class that is noted at neither end of a segment is more than T below its winner all
    /// along, for the gap is linear; so outside the doubts the segment's class is what evaluating all of them gives.
    init(_ row: LineRow, over range: ClosedRange<Double>) {
        guard row.count > 1 else {
            winners = [0]
            return
        }
        let size = row.size(reach: max(abs(range.lowerBound), abs(range.upperBound)))
        guard size < .infinity else {
            winners = [0]
            doubts = [range]
            return
        }
        let walk = Walk(row: row, tolerance: 2 * size * Double.ulpOfOne, range: range)
        let (first, last) = (row.winner(at: range.lowerBound), row.winner(at: range.upperBound))
        winners = [Int32(first.index)]
        note(walk, at: range.lowerBound, top: first.top, winners: first.index, first.index)
        divide(walk, from: (range.lowerBound, first.index), to: (range.upperBound, last.index), depth: 0)
        note(walk, at: range.upperBound, top: last.top, winners: last.index, last.index)
    }

    private struct Walk {
        let row: LineRow
        /// T, twice over: a bound on the rounding error of a value.
        let tolerance: Double
        let range: ClosedRange<Double>
    }

    /// Appends the winners after `from` up to `to`, which win at their ends of the stretch.
    private mutating func divide(
        _ walk: Walk, from: (t: Double, class: Int), to: (t: Double, class: Int), depth: Int
    ) {
        guard from.class != to.class else { return }
        let (row, a, b) = (walk.row, from.class, to.class)
        let rise = Double(row.q[b]) - Double(row.q[a])
        guard rise > 0, depth < 200 else {
            // Two lines that rounding cannot tell apart: evaluate all the way.
            doubts.append(from.t...to.t)
            append(b, at: from.t)
            return
        }
        let t = min(to.t, max(from.t, (Double(row.p[a]) - Double(row.p[b])) / rise))
        let (middle, top) = row.winner(at: t)
        if middle == a || middle == b || top - max(row[a, t], row[b, t]) <= walk.tolerance || t == from.t || t == to.t {
            append(b, at: t)
            note(walk, at: t, top: top, winners: a, b)
        } else {
            divide(walk, from: from, to: (t, middle), depth: depth + 1)
            note(walk, at: t, top: top, winners: middle, middle)
            divide(walk, from: (t, middle), to: to, depth: depth + 1)
        }
    }

    private mutating func append(_ winner: Int, at t: Double) {
        winners.append(Int32(winner))
        vertices.append(t)
    }

    /// Doubts the stretch around `t` on which a class within rounding of the top there could pass for the winner.
    private mutating func note(_ walk: Walk, at t: Double, top: Double, winners a: Int, _ b: Int) {
        let row = walk.row
        let margin = 4 * walk.tolerance
        let floor = top - margin
        let expected = a == b ? 1 : 2
        // At a vertex the two winners themselves differ by rounding.
        var reach = a == b ? 0 : margin / (Double(row.q[b]) - Double(row.q[a]))
        if row.count(at: t, reaching: floor) > expected {
            for c in 0..<row.count where c != a && c != b && row[c, t] >= floor {
                for winner in Set([a, b]) where row.q[c] != row.q[winner] || row.p[c] != row.p[winner] {
                    let gap = abs(Double(row.q[c]) - Double(row.q[winner]))
                    reach = gap > 0 ? max(reach, margin / gap) : .infinity
                }
            }
        }
        guard reach > 0 else { return }
        reach = 2 * reach + 4 * t.ulp
        doubts.append(max(walk.range.lowerBound, t - reach)...min(walk.range.upperBound, t + reach))
    }
}
