import Analysis
import LinearAlgebra
import TestSupport
import Testing

/// Leaving out classes that cannot win, and a first look at a part of the images, against all classes of all images.
@Suite struct ContendersTests {
    private static func normals(_ shape: [Int], seed: UInt64) -> Tensor {
        var random = SeededGenerator(seed: seed)
        return Tensor(shape, (0..<shape.reduce(1, *)).map { _ in random.nextNormal() })
    }

    private static func units(_ range: Range<Int>) -> [InternalUnit] {
        range.map { InternalUnit(layer: "l", index: $0) }
    }

    /// Images whose classes lie from far apart to close together, so that few, some and all of them contend.
    private static func problem(images: Int, classes: Int, seed: UInt64) -> (LinearRemainder, Tensor, Tensor, [Int]) {
        let activations = normals([images, 24], seed: seed)
        var weights = normals([classes, 24], seed: seed + 1)
        // A class that moves ten times as far as the others, and two that move alike.
        for unit in 0..<24 {
            weights[7, unit] *= 10
            weights[9, unit] = weights[8, unit]
        }
        let remainder = LinearRemainder(
            weights: weights, bias: normals([1, classes], seed: seed + 2).values)
        var base = remainder.logits(activations)
        for image in 0..<images {
            let spread = [0.05, 1, 5, 20, 100][image % 5] as Float
            for c in 0..<classes { base[image, c] *= spread }
        }
        return (remainder, activations, base, (0..<images).map { $0 * 7 % classes })
    }

    /// The same lines without any knowledge of which classes lead.
    private static func whole(_ lines: ClassLines) -> ClassLines {
        let rows = lines.labels.indices.map(lines.line)
        return ClassLines(
            intercepts: Tensor([rows.count, lines.classes], rows.flatMap(\.p)),
            slopes: Tensor([rows.count, lines.classes], rows.flatMap(\.q)), labels: lines.labels,
            origin: lines.origin)
    }

    private static let steerings = [
        Steering(Intervention(units: units(0..<1), operator: .scaling, beta: 1)),
        Steering(Intervention(units: units(3..<23), operator: .scaling, beta: 1)),
        Steering(Intervention(units: units(0..<6), operator: .adding, beta: 0)),
        Steering(
            [
                Intervention(units: units(0..<5), operator: .scaling, beta: 1.5),
                Intervention(units: units(3..<9), operator: .adding, beta: 0),
            ], moving: 1),
    ]

    @Test("Every step of the curve is that of all classes", arguments: 0..<4, [1 as UInt64, 2])
    func equalsAllClasses(which: Int, seed: UInt64) {
        let (remainder, activations, base, labels) = Self.problem(images: 250, classes: 150, seed: 10 * seed)
        let lines = remainder.lines(
            activations: activations, labels: labels, steering: Self.steerings[which], base: base)
        let (quick, full) = (
            AccuracyCurve(lines: lines, target: 7, over: -2...4),
            AccuracyCurve(lines: Self.whole(lines), target: 7, over: -2...4)
        )
        #expect(quick.plateaus.map(\.beta) == full.plateaus.map(\.beta))
        #expect(quick.plateaus.map(\.accuracy) == full.plateaus.map(\.accuracy))
        for beta in (0...600).map({ -2 + Double($0) / 100 }) + [-30, 30] {
            #expect(quick.predictions(at: beta) == full.predictions(at: beta), "β = \(beta)")
        }
    }

    @Test("It is, where classes tie, and where logits are infinite or no numbers")
    func oddLogits() {
        let (remainder, activations, plain, labels) = Self.problem(images: 120, classes: 100, seed: 5)
        var base = plain
        var random = SeededGenerator(seed: 6)
        for image in 0..<120 {
            for c in 0..<100 where random.next() % 10 == 0 {
                base[image, c] =
                    switch (image % 3, random.next() % 3) {
                    case (0, _): base[image, (c + 1) % 100]
                    case (1, 0): -.infinity
                    case (2, 0): .nan
                    case (2, 1): .infinity
                    default: 0
                    }
            }
        }
        let lines = remainder.lines(
            activations: activations, labels: labels, steering: Self.steerings[1], base: base)
        let (quick, full) = (
            AccuracyCurve(lines: lines, target: 3, over: -2...4),
            AccuracyCurve(lines: Self.whole(lines), target: 3, over: -2...4)
        )
        for beta in (0...120).map({ -2 + Double($0) / 20 }) {
            #expect(quick.predictions(at: beta) == full.predictions(at: beta), "β = \(beta)")
        }
    }

    @Test("Images counted at several β at once are what the curve says, whether or not it is known which classes lead")
    func severalBetas() throws {
        let (remainder, activations, base, labels) = Self.problem(images: 250, classes: 150, seed: 30)
        let betas = [2, 0, -1, 1, 0.37]
        for steering in Self.steerings {
            let counted = CountedImages(
                activations: activations, logits: Once(value: base), labels: labels, unedited: base.argmax(),
                remainder: .linear(remainder))
            let readings = NeuronReadings(activations: activations)
            // Few, many and all of them, in order and not; then few again, when the leading classes are known.
            for images in [Array(3..<40), Array(0..<200), Array(0..<250), (0..<250).reversed(), [249, 3, 17]] {
                let curve = try #require(
                    try counted.curve(of: steering, target: 7, over: -2...4, images: images, readings))
                let found = try #require(try counted.predictions(images, steering, at: betas, readings))
                #expect(found.map(\.classes) == betas.map(curve.predictions))
                #expect(found.allSatisfy { $0.images == images })
            }
        }
    }

    @Test("A first look has the class exactly and the others within their interval, and says of how many it is")
    func firstLook() throws {
        let (images, classes) = (10_000, 1000)
        let directions = Self.normals([classes, 12], seed: 20)
        var activations = Self.normals([images, 12], seed: 21)
        let labels = (0..<images).map { $0 % classes }
        for (image, c) in labels.enumerated() {
            for unit in 0..<12 { activations[image, unit] += directions[c, unit] }
        }
        let remainder = LinearRemainder(weights: directions, bias: Array(repeating: 0, count: classes))
        let logits = remainder.logits(activations)
        let counted = CountedImages(
            activations: activations, logits: Once(value: logits), labels: labels, unedited: logits.argmax(),
            remainder: .linear(remainder))
        let readings = NeuronReadings(activations: activations)
        let steering = Steering(Intervention(units: Self.units(0..<5), operator: .scaling, beta: 1))
        let range = -2.0...4.0
        let first = try #require(
            try counted.estimatedCurve(of: steering, target: 42, over: range, readings))
        let exact = try #require(try counted.curve(of: steering, target: 42, over: range, readings))
        #expect(!first.isWhole && exact.isWhole)
        var covered = 0
        for beta in [-2, -1, 0, 0.5, 1, 1.5, 2, 3, 4] as [Double] {
            let (part, all) = (first.outcome(at: beta), exact.outcome(at: beta))
            #expect(part.images < 5000 && part.imagesInAll == images && part.classImages == 10)
            #expect(part.after.ofClass == all.after.ofClass && part.before.ofClass == all.before.ofClass)
            let (ofClass, ofOthers) = (part.after.ofClass, part.after.ofOthers)
            assertClose(
                [Float(part.after.overall)], [Float((10 * ofClass + 9990 * ofOthers) / 10_000)], within: 1e-6,
                because: "a weighted mean")
            let interval = part.othersInterval
            covered += interval.contains(all.after.ofOthers) ? 1 : 0
            #expect(interval.upperBound - interval.lowerBound < 0.04)
        }
        #expect(covered >= 8, "95 % intervals hold the exact figure")
        // Now that it is known which classes lead, the same figures.
        let again = try #require(try counted.estimatedCurve(of: steering, target: 42, over: range, readings))
        #expect(again.plateaus.map(\.accuracy) == first.plateaus.map(\.accuracy))
    }
}
