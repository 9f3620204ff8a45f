import LinearAlgebra

extension Tensor {
    /// Rows of a matrix that one piece of work covers: enough that weights are read for several images at once, few enough
    /// to stay in cache. A result does not depend on it: every image goes its way alone.
    private static let rowsAtOnce = 800

    /// Images that one piece of work covers, where one of them makes so many rows.
    static func imagesAtOnce(rowsPerImage: Int) -> Int { max(1, rowsAtOnce / rowsPerImage) }

    /// Applies `body` to runs of images (the first dimension) on all cores: pieces [b, ...] -> [b] + `shape`, put together
    /// again in order as [B] + `shape`.
    ///
    /// - Parameter rowsPerImage: how many matrix rows one image makes.
    func mapImages(rowsPerImage: Int, to shape: [Int], _ body: @Sendable (Tensor) -> Tensor) -> Tensor {
        let images = self.shape[0]
        let atOnce = Self.imagesAtOnce(rowsPerImage: rowsPerImage)
        // As many for every core: three pieces on two cores take as long as four.
        let rounds = (images + atOnce * cores - 1) / (atOnce * cores)
        let pieces = min(images, rounds * cores)
        let width = shape.reduce(1, *)
        return Tensor([images] + shape) { target in
            // Every piece writes rows of its own.
            nonisolated(unsafe) let target = target
            // A single piece leaves the cores to the products inside it.
            parallel(pieces) { piece in
                let range = images * piece / pieces..<images * (piece + 1) / pieces
                let result = body(self.images(range))
                precondition(result.count == range.count * width, "a piece came back as \(result.shape)")
                result.withUnsafe {
                    (target.baseAddress! + range.lowerBound * width).update(from: $0.baseAddress!, count: $0.count)
                }
            }
        }
    }

    /// The images `range` of [B, ...], copied: [range.count, ...].
    func images(_ range: Range<Int>) -> Tensor {
        let size = shape.dropFirst().reduce(1, *)
        return withUnsafe {
            Tensor([range.count] + shape.dropFirst(), $0[range.lowerBound * size..<range.upperBound * size])
        }
    }

    /// One token of every image: [B, T, D] -> [B, D].
    func tokens(at position: Int) -> Tensor {
        let (batch, tokens, width) = (shape[0], shape[1], shape[2])
        return reshaped([batch * tokens, width]).rows(at: (0..<batch).map { $0 * tokens + position })
    }
}

extension Hooks {
    /// A forward pass from `first` on: what `step` makes of a run of images at each hook point's place. From one point
    /// that has an action to the next, a run of images stays on one core, as long as it is of the right size.
    ///
    /// - Parameter step: the index of a hook point and what the point before gives -> [b] + the point's shape.
    func run(
        _ x: Tensor, through points: [HookPoint], from first: Int, step: @Sendable (Int, Tensor) -> Tensor
    ) -> Tensor {
        var (x, first) = (x, first)
        while first < points.count {
            let atOnce = Tensor.imagesAtOnce(rowsPerImage: points[first].tokens)
            let last =
                points.indices[first...].first { index in
                    // Between two points of one size; what follows the tokens is too little to be divided anew.
                    let next = index + 1 < points.count ? points[index + 1].tokens : 1
                    return act(at: points[index])
                        || next > 1 && Tensor.imagesAtOnce(rowsPerImage: next) != atOnce
                } ?? points.count - 1
            let span = first...last
            x = x.mapImages(rowsPerImage: points[first].tokens, to: points[last].shape) { x in
                span.reduce(x) { step($1, $0) }
            }
            apply(at: points[last], to: &x)
            if end(at: points[last]) { break }
            first = last + 1
        }
        return x
    }
}
