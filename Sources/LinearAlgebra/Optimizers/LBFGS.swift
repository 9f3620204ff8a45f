/// Limited-memory BFGS (Nocedal 1980) for smooth functions of many parameters, with the line search by bisection of Lewis and
/// Overton (2013), which ends at a point that satisfies the weak Wolfe conditions.
///
/// Parameters are float32; inner products are summed in double precision.
package struct LBFGS: Sendable {
    /// A point with its value and gradient.
    package struct Point: Sendable {
        package var parameters: [Float]
        package var value: Double
        package var gradient: [Float]
    }

    package struct Result: Sendable {
        package var parameters: [Float]
        package var value: Double
        package var iterations: Int
        /// Whether the gradient came below the tolerance, or no step lowers the value any more: what rounding allows.
        package var isConverged: Bool
    }

    /// Earlier steps that the curvature is read from.
    package var memory = 10
    package var maxIterations = 500
    /// The greatest entry of the gradient at which it stops.
    package var tolerance: Float = 1e-5

    package init() {}

    /// - Parameters:
    ///   - function: value and gradient.
    ///   - observe: takes the number of steps done; throws to end the work.
    package func minimize(
        from start: [Float], observe: (Int) throws -> Void = { _ in },
        _ function: ([Float]) throws -> (value: Double, gradient: [Float])
    ) rethrows -> Result {
        func point(_ parameters: [Float]) throws -> Point {
            let (value, gradient) = try function(parameters)
            return Point(parameters: parameters, value: value, gradient: gradient)
        }
        var here = try point(start)
        var pairs: [Pair] = []
        for iteration in 0..<maxIterations {
            try observe(iteration)
            func result(_ isConverged: Bool) -> Result {
                Result(
                    parameters: here.parameters, value: here.value, iterations: iteration, isConverged: isConverged)
            }
            if here.gradient.greatest <= tolerance { return result(true) }
            var direction = Self.direction(here.gradient, pairs)
            var slope = dot(direction, here.gradient)
            if !(slope < 0) {
                // Rounding spoilt what was remembered.
                (pairs, direction) = ([], here.gradient.map { -$0 })
                slope = dot(direction, here.gradient)
            }
            let first = pairs.isEmpty ? min(1, 1 / dot(direction, direction).squareRoot()) : 1
            guard let next = try search(from: here, along: direction, slope: slope, first: first, point) else {
                return result(true)
            }
            let pair = Pair(from: here, to: next)
            if pair.curvature > 0 { pairs.append(pair) }
            if pairs.count > memory { pairs.removeFirst() }
            here = next
        }
        return Result(
            parameters: here.parameters, value: here.value, iterations: maxIterations,
            isConverged: here.gradient.greatest <= tolerance)
    }

    /// A step and what it changed of the gradient.
    private struct Pair {
        let step, change: [Float]
        let curvature: Double

        init(from a: Point, to b: Point) {
            step = zip(b.parameters, a.parameters).map { $0 - $1 }
            change = zip(b.gradient, a.gradient).map { $0 - $1 }
            curvature = dot(step, change)
        }
    }

    /// -H g by the two loops over the remembered steps.
    private static func direction(_ gradient: [Float], _ pairs: [Pair]) -> [Float] {
        var q = gradient
        var alphas: [Double] = []
        for pair in pairs.reversed() {
            let alpha = dot(pair.step, q) / pair.curvature
            alphas.append(alpha)
            q.add(pair.change, times: -alpha)
        }
        if let last = pairs.last {
            let scale = Float(last.curvature / dot(last.change, last.change))
            for i in q.indices { q[i] *= scale }
        }
        for (pair, alpha) in zip(pairs, alphas.reversed()) {
            q.add(pair.step, times: alpha - dot(pair.change, q) / pair.curvature)
        }
        return q.map { -$0 }
    }

    /// A step that lowers the value enough and flattens the slope; the lowest that was found where rounding hides one; nil
    /// where none lowers it.
    private func search(
        from here: Point, along direction: [Float], slope: Double, first: Double, _ point: ([Float]) throws -> Point
    ) rethrows -> Point? {
        var (low, high, step) = (0.0, Double.infinity, first)
        var best: Point?
        for _ in 0..<24 {
            var parameters = here.parameters
            parameters.add(direction, times: step)
            let there = try point(parameters)
            if there.value < (best?.value ?? here.value) { best = there }
            if !(there.value <= here.value + 1e-4 * step * slope) {
                high = step
            } else if dot(there.gradient, direction) < 0.9 * slope {
                low = step
            } else {
                return there
            }
            step = high.isFinite ? (low + high) / 2 : 2 * low
        }
        return best
    }
}

private func dot(_ a: [Float], _ b: [Float]) -> Double {
    a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in
            var sum = 0.0
            for i in a.indices { sum += Double(a[i]) * Double(b[i]) }
            return sum
        }
    }
}

extension [Float] {
    fileprivate var greatest: Float { reduce(0) { Swift.max($0, Swift.abs($1)) } }

    fileprivate mutating func add(_ other: [Float], times factor: Double) {
        let factor = Float(factor)
        withUnsafeMutableBufferPointer { a in
            other.withUnsafeBufferPointer { b in for i in a.indices { a[i] += factor * b[i] } }
        }
    }
}
