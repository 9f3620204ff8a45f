import Algorithms
import LinearAlgebra

/// Logits of images, and how interventions move them: p = base + held W and q = moving W.
///
/// Rows are made when they are read, in a fixed order of sums, so that tens of thousands of images of a thousand classes
/// need no second and third matrix.
struct MovedLogits: Sendable, Equatable {
    /// As the model gives them: [N, classes]
    let base: Tensor
    /// Which row of `base` each image is; nil for all in order.
    var rows: [Int]?
    /// What each row of `base` is multiplied by: ‖E a‖ of cosines; nil for nothing.
    var lengths: [Float]?
    /// W, what a step along each direction adds: [k, classes]
    let weights: Tensor
    /// With the moving intervention at its identity, and for each step of its β: [images, k] each. Nil where nothing holds.
    let held: Tensor?
    let moving: Tensor
    /// Of the rows of `base`, times `lengths`.
    var leading: LeadingClasses?

    init(base: Tensor, weights: Tensor, held: Tensor?, moving: Tensor) {
        precondition(moving.columns == weights.rows && weights.columns == base.columns)
        precondition(held == nil || held?.shape == moving.shape)
        (self.base, self.weights, self.held, self.moving) = (base, weights, held, moving)
    }

    var images: Int { moving.rows }

    /// The class that wins at each t, of some of the images: [ts][images]
    ///
    /// - Parameter contenders: nil looks at every class.
    func winners(of images: Range<Int>, at ts: [Double], _ contenders: Contenders?) -> [[Int]] {
        let reach = ts.lazy.map(abs).max() ?? 0
        var winners = ts.map { _ in [Int](repeating: 0, count: images.count) }
        func note(_ image: Int, _ row: LineRow, class named: (Int) -> Int = { $0 }) {
            for (place, t) in ts.enumerated() {
                winners[place][image - images.lowerBound] = named(row.winner(at: t).index)
            }
        }
        withRows { rows in
            // Those that every class is to be looked at for.
            let whole = images.filter { image in
                guard let contenders, let (row, names) = rows.contenders(of: image, reach: reach, contenders) else {
                    return true
                }
                note(image, row) { Int(names[$0]) }
                return false
            }
            for some in whole.chunks(ofCount: 16) { rows.withLines(of: some) { note($0, $1) } }
        }
        return winners
    }

    /// Gives `body` the images' rows, which it reads one at a time.
    func withRows<Result>(_ body: (Rows) -> Result) -> Result {
        let (count, moves) = (base.columns, weights.rows)
        let held = held ?? Tensor([0])
        return withUnsafeTemporaryAllocation(of: Float.self, capacity: max(1, 2 * count) + 2 * Contenders.most) {
            scratch in
            withUnsafeTemporaryAllocation(of: Int32.self, capacity: Contenders.most) { names in
                base.withUnsafe { base in
                    weights.withUnsafe { weights in
                        held.withUnsafe { held in
                            moving.withUnsafe { moving in
                                body(
                                    Rows(
                                        logits: self, count: count, moves: moves, base: base.baseAddress!,
                                        weights: weights.baseAddress!,
                                        held: self.held == nil ? nil : held.baseAddress!,
                                        moving: moving.baseAddress!, scratch: scratch.baseAddress!,
                                        names: names.baseAddress!))
                            }
                        }
                    }
                }
            }
        }
    }

    /// Each row is valid until the next is read.
    struct Rows {
        fileprivate let logits: MovedLogits
        fileprivate let count: Int
        fileprivate let moves: Int
        fileprivate let base: UnsafePointer<Float>
        fileprivate let weights: UnsafePointer<Float>
        fileprivate let held: UnsafePointer<Float>?
        fileprivate let moving: UnsafePointer<Float>
        fileprivate let scratch: UnsafeMutablePointer<Float>
        fileprivate let names: UnsafeMutablePointer<Int32>

        /// The lines of all classes of an image.
        func line(of image: Int) -> LineRow {
            let q = scratch + count
            moveRow(nil, weights, moving + image * moves, moves: moves, count: count, into: q)
            return LineRow(p: intercepts(of: image), q: q, count: count)
        }

        /// The same of some images, whose slopes are found together.
        func withLines(of images: some Collection<Int>, _ body: (Int, LineRow) -> Void) {
            let amounts = images.flatMap { UnsafeBufferPointer(start: moving + $0 * moves, count: moves) }
            withUnsafeTemporaryAllocation(of: Float.self, capacity: images.count * count) { slopes in
                guard let slopes = slopes.baseAddress else { return }
                moveRows(weights, amounts, rows: images.count, moves: moves, count: count, into: slopes)
                for (place, image) in images.enumerated() {
                    body(image, LineRow(p: intercepts(of: image), q: slopes + place * count, count: count))
                }
            }
        }

        /// p of all classes of an image.
        private func intercepts(of image: Int) -> UnsafePointer<Float> {
            let p = given(logits.rows?[image] ?? image)
            guard let held else { return p }
            moveRow(p, weights, held + image * moves, moves: moves, count: count, into: scratch)
            return UnsafePointer(scratch)
        }

        /// A row of `base`, times its length.
        private func given(_ row: Int) -> UnsafePointer<Float> {
            let values = base + row * count
            guard let length = logits.lengths?[row] else { return values }
            for c in 0..<count { scratch[c] = values[c] * length }
            return UnsafePointer(scratch)
        }

        /// The lines of those classes that can win where |t| is no more than `reach`, and which they are; nil where every
        /// class is to be looked at.
        func contenders(of image: Int, reach: Double, _ contenders: Contenders) -> (LineRow, UnsafePointer<Int32>)? {
            let row = logits.rows?[image] ?? image
            let (p, q) = (scratch + 2 * count, scratch + 2 * count + Contenders.most)
            let amount = norm(moving, image) * reach + (held.map { norm($0, image) } ?? 0)
            let found = logits.leading?.withImage(row) { leading in
                contenders.find(leading, amount: amount, logits: { given(row) }, into: names, p)
            }
            guard let found = found ?? nil else { return nil }
            let places = UnsafeBufferPointer(start: UnsafePointer(names), count: found)
            if let held {
                moveSome(p, weights, held + image * moves, moves: moves, count: count, at: places, into: p)
            }
            moveSome(nil, weights, moving + image * moves, moves: moves, count: count, at: places, into: q)
            return (LineRow(p: p, q: q, count: found), UnsafePointer(names))
        }

        /// ‖m‖ of an image's amounts.
        private func norm(_ amounts: UnsafePointer<Float>, _ image: Int) -> Double {
            let own = amounts + image * moves
            var sum = 0.0
            for k in 0..<moves { sum += Double(own[k]) * Double(own[k]) }
            return sum.squareRoot()
        }
    }
}
