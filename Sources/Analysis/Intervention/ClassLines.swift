import LinearAlgebra

/// Per image, the logits of all classes as lines p + (β - origin) q, with the image's true class.
package struct ClassLines: Sendable, Equatable {
    /// The β at which the logits are p.
    package let origin: Double
    /// One class an image.
    package let labels: [Int]
    package let classes: Int
    let lines: Lines

    enum Lines: Sendable, Equatable {
        /// p and q: [images, classes] each.
        case whole(intercepts: Tensor, slopes: Tensor)
        case moved(MovedLogits)
    }

    package init(intercepts: Tensor, slopes: Tensor, labels: [Int], origin: Double = 0) {
        precondition(intercepts.shape == slopes.shape && intercepts.rows == labels.count)
        precondition(labels.allSatisfy { $0 >= 0 && $0 < intercepts.columns })
        lines = .whole(intercepts: intercepts, slopes: slopes)
        classes = intercepts.columns
        self.labels = labels
        self.origin = origin
    }

    /// Lines of logits that interventions move.
    init(_ moved: MovedLogits, labels: [Int], origin: Double) {
        precondition(moved.images == labels.count)
        lines = .moved(moved)
        classes = moved.base.columns
        self.labels = labels
        self.origin = origin
    }

    /// The class predicted for `image` at `beta`, by evaluating every class; of equal logits the first class wins. At
    /// ±∞ the steepest line wins, of those the highest, of those the first.
    package func winner(_ image: Int, at beta: Double) -> Int {
        withImages(image..<image + 1) { _, row in
            guard beta.isInfinite else { return row.winner(at: beta - origin).index }
            let sign: Float = beta > 0 ? 1 : -1
            return (1..<max(1, row.count)).reduce(0) { best, c in
                let (slope, top) = (sign * row.q[c], sign * row.q[best])
                return slope > top || (slope == top && row.p[c] > row.p[best]) ? c : best
            }
        }[0]
    }

    /// Whether `image` is classified right at `beta`.
    package func isRight(_ image: Int, at beta: Double) -> Bool { winner(image, at: beta) == labels[image] }

    /// p and q of one image: one value a class each.
    package func line(of image: Int) -> (p: [Float], q: [Float]) {
        withImages(image..<image + 1) { _, row in
            (
                Array(UnsafeBufferPointer(start: row.p, count: row.count)),
                Array(UnsafeBufferPointer(start: row.q, count: row.count))
            )
        }[0]
    }

    /// What `body` makes of each image's lines, which are valid while it runs.
    func withImages<Result>(_ images: Range<Int>, _ body: (Int, LineRow) -> Result) -> [Result] {
        let count = classes
        switch lines {
        case .whole(let intercepts, let slopes):
            return intercepts.withUnsafe { p in
                slopes.withUnsafe { q in
                    images.map { image in
                        let start = image * count
                        return body(
                            image, LineRow(p: p.baseAddress! + start, q: q.baseAddress! + start, count: count))
                    }
                }
            }
        case .moved(let moved): return moved.withRows { rows in images.map { body($0, rows.line(of: $0)) } }
        }
    }

    /// Tells whoever mapped the logits that those of some images are not read any more for now.
    func release(_ images: Range<Int>) {
        if case .moved(let moved) = lines, moved.rows == nil { moved.base.release(rows: images) }
    }

    /// The same of all.
    func release() {
        if case .moved(let moved) = lines { moved.base.release(rows: 0..<moved.base.rows) }
    }

    /// The upper envelope of each image's lines over a range of t = β - origin.
    ///
    /// - Parameter contenders: of `contenders()`; nil looks at every class.
    func envelopes(
        of images: Range<Int>, over range: ClosedRange<Double>, _ contenders: Contenders?
    ) -> [Envelope] {
        guard case .moved(let moved) = lines, let contenders else {
            return withImages(images) { _, row in Envelope(row, over: range) }
        }
        let reach = max(abs(range.lowerBound), abs(range.upperBound))
        return moved.withRows { rows in
            images.map { image in
                guard let (row, names) = rows.contenders(of: image, reach: reach, contenders) else {
                    return Envelope(rows.line(of: image), over: range)
                }
                var envelope = Envelope(row, over: range)
                for place in envelope.winners.indices {
                    envelope.winners[place] = names[Int(envelope.winners[place])]
                }
                return envelope
            }
        }
    }

    /// The class predicted for every image at each β: [betas][images]
    func winners(at betas: [Double]) -> [[Int]] {
        let contenders = contenders()
        let parts = parallelMap(blocks(of: labels.count, size: 128)) { images in
            guard case .moved(let moved) = lines else {
                return betas.map { beta in images.map { winner($0, at: beta) } }
            }
            defer { release(images) }
            return moved.winners(of: images, at: betas.map { $0 - origin }, contenders)
        }
        return betas.indices.map { place in parts.flatMap { $0[place] } }
    }

    /// How to leave classes out that win nowhere; nil where that is not worth while.
    func contenders() -> Contenders? {
        guard case .moved(let moved) = lines, moved.leading != nil else { return nil }
        return Contenders(weights: moved.weights)
    }
}
