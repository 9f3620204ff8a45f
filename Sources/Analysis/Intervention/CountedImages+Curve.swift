import LinearAlgebra

/// Accuracy over every β, where the rest of the network is linear in the units.
extension CountedImages {
    /// The exact accuracy over the β of the moving intervention, on all images or some; nil where the rest of the
    /// network is not linear in the units.
    ///
    /// - Parameter checkCancellation: asked now and then; throws to end the work.
    package func curve(
        of steering: Steering, target: Int, over range: ClosedRange<Double>, images: [Int]? = nil,
        _ readings: any UnitReadings, checkCancellation: () throws -> Void = {}
    ) throws -> AccuracyCurve? {
        try curve(
            of: steering, target: target, over: range, images: images, readings, inAll: nil,
            checkCancellation: checkCancellation)
    }

    /// The same on a part of the images, for a first look: those of the class, and others drawn at random; nil where all
    /// are counted as quickly.
    package func estimatedCurve(
        of steering: Steering, target: Int, over range: ClosedRange<Double>, _ readings: any UnitReadings
    ) throws -> AccuracyCurve? {
        guard case .linear(let remainder) = remainder else { return nil }
        let size = Self.countedAtOnce / max(1, remainder.bias.count)
        guard count > 2 * size else { return nil }
        let part = part(target: target, atMost: max(1, size))
        let ofClass = labels.count { $0 == target }
        return try curve(
            of: steering, target: target, over: range, images: part, readings,
            inAll: (ofClass: ofClass, ofOthers: count - ofClass))
    }

    /// Logits (images times classes) that are evaluated within a frame.
    private static let countedAtOnce = 1 << 22

    /// Of either, the images of the class and all others, the first in the counting order: positions, ascending. The class
    /// is whole where it takes no more than half of them.
    private func part(target: Int, atMost size: Int) -> [Int] {
        let order = countingOrder
        let ofClass = order.lazy.filter { labels[$0] == target }.prefix((size + 1) / 2)
        let others = order.lazy.filter { labels[$0] != target }.prefix(size - ofClass.count)
        return (Array(ofClass) + others).sorted()
    }

    private func curve(
        of steering: Steering, target: Int, over range: ClosedRange<Double>, images: [Int]?,
        _ readings: any UnitReadings, inAll: (ofClass: Int, ofOthers: Int)?,
        checkCancellation: () throws -> Void = {}
    ) throws -> AccuracyCurve? {
        guard let lines = try lines(of: steering, images: images, readings) else { return nil }
        defer { lines.release() }
        return try AccuracyCurve(
            lines: lines, target: target, over: range, unedited: images.map { $0.map { unedited[$0] } } ?? unedited,
            inAll: inAll, checkCancellation: checkCancellation)
    }

    /// The lines of all images or some, where the rest of the network is linear in the units.
    func lines(of steering: Steering, images: [Int]?, _ readings: any UnitReadings) throws -> ClassLines? {
        guard case .linear(let remainder) = remainder else { return nil }
        let (moves, logits) = (try readings.moves(steering, rows: images), try logits)
        var moved = MovedLogits(
            base: logits, weights: remainder.weights(along: moves.directions), held: moves.held,
            moving: moves.moving)
        moved.rows = images
        moved.lengths = try lengths.value
        // For a few images what leads is not found out of all.
        moved.leading = try moved.images > count / 4 ? leading.value : leading.known ?? nil
        return ClassLines(
            moved, labels: images.map { $0.map { labels[$0] } } ?? labels, origin: steering.active.operator.identity)
    }
}
