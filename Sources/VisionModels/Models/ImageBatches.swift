import LinearAlgebra

extension Tensor {
    /// Rows of a matrix that one piece of work covers: enough to keep a matrix product busy, few enough to stay in cache
    /// and to leave work for every core. A result does not depend on it: every image goes its way alone.
    private static let rowsAtOnce = 256

    /// Applies `body` to runs of images (the first dimension) on all cores: pieces [b, ...] -> [b] + `shape`, put together
    /// again in order as [B] + `shape`.
    ///
    /// - Parameter rowsPerImage: how many matrix rows one image makes.
    func mapImages(rowsPerImage: Int, to shape: [Int], _ body: @Sendable (Tensor) -> Tensor) -> Tensor {
        let images = self.shape[0]
        let atOnce = max(1, Self.rowsAtOnce / rowsPerImage)
        let width = shape.reduce(1, *)
        return Tensor([images] + shape) { target in
            // Every piece writes rows of its own.
            nonisolated(unsafe) let target = target
            // A single piece leaves the cores to the products inside it.
            parallel((images + atOnce - 1) / atOnce) { run in
                let range = run * atOnce..<min(images, (run + 1) * atOnce)
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
    /// that has an action to the next, a run of images stays on one core.
    ///
    /// - Parameter step: the index of a hook point and what the point before gives -> [b] + the point's shape.
    func run(
        _ x: Tensor, through points: [HookPoint], from first: Int, step: @Sendable (Int, Tensor) -> Tensor
    ) -> Tensor {
        var (x, first) = (x, first)
        while first < points.count {
            let last = points[first...].firstIndex { act(at: $0) } ?? points.count - 1
            let span = first...last
            x = x.mapImages(rowsPerImage: points[first].tokens, to: points[last].shape) { x in
                span.reduce(x) { step($1, $0) }
            }
            apply(at: points[last], to: &x)
            first = last + 1
        }
        return x
    }
}
