import Analysis
import LinearAlgebra
import TestSupport
import Testing

/// Several interventions at once, and the closed form through a layer norm.
@Suite struct SteeringTests {
    private static func random(_ shape: [Int], seed: UInt64) -> Tensor {
        var random = SeededGenerator(seed: seed)
        return Tensor(shape, (0..<shape.reduce(1, *)).map { _ in random.nextNormal() })
    }

    private static func units(_ names: String...) -> [InternalUnit] { names.map { InternalUnit("l:\($0)")! } }

    /// Sets that share units, named by either pole or none, in an order that matters.
    static let interventions = [
        Intervention(units: units("0", "1", "2+"), operator: .scaling, beta: 0.5),
        Intervention(units: units("1+", "2-", "3-"), operator: .adding, beta: -0.75),
        Intervention(units: units("1", "2", "3", "4-", "4+"), operator: .scaling, beta: 2),
        Intervention(units: units("3+", "5+", "5-", "0"), operator: .adding, beta: 1.5),
        Intervention(units: [], operator: .scaling, beta: 3),
    ]

    @Test("any one of several interventions moves along its line while the others hold", arguments: 0..<5)
    func composition(moving: Int) {
        let activations = Self.random([40, 8], seed: 1)
        let remainder = LinearRemainder(weights: Self.random([6, 8], seed: 2), bias: [0, 1, -1, 0.5, 2, 0])
        let labels = (0..<40).map { $0 % 6 }
        let steering = Steering(Self.interventions, moving: moving)
        let lines = remainder.lines(activations: activations, labels: labels, steering: steering)
        let origin = steering.active.operator.identity
        for beta in [origin, 0, -1.25, 3.5] {
            var edited = activations
            steering.at(beta).apply(to: &edited, rows: 0..<40)
            let expected = remainder.logits(edited)
            for image in 0..<40 {
                let (p, q) = lines.line(of: image)
                let values = zip(p, q).map { $0 + Float(beta - origin) * $1 }
                assertClose(values, expected.row(image), within: 1e-4, because: "float32 sums of eight terms")
            }
        }
    }

    @Test("with everything at its identity the lines are the logits to the last bit")
    func identity() {
        let activations = Self.random([30, 8], seed: 3)
        let remainder = LinearRemainder(weights: Self.random([6, 8], seed: 4), bias: Array(repeating: 0.25, count: 6))
        let base = remainder.logits(activations)
        let still = Self.interventions.map {
            Intervention(units: $0.units, operator: $0.operator, beta: $0.operator.identity)
        }
        for moving in still.indices {
            let lines = remainder.lines(
                activations: activations, labels: Array(repeating: 0, count: 30),
                steering: Steering(still, moving: moving), base: base)
            for image in 0..<30 { #expect(lines.line(of: image).p == base.row(image)) }
        }
    }

    @Test("the order of a scaling and a shift matters, that of two scalings does not")
    func order() {
        let one = Intervention(units: Self.units("1"), operator: .scaling, beta: 3)
        let two = Intervention(units: Self.units("1"), operator: .scaling, beta: 0.5)
        let shift = Intervention(units: Self.units("1+"), operator: .adding, beta: 1)
        func value(_ list: [Intervention]) -> Float {
            var x = Tensor([1, 2], [7, 2])
            Steering(list, moving: 0).apply(to: &x, rows: 0..<1)
            return x[0, 1]
        }
        #expect(value([one, two]) == 3 && value([two, one]) == 3)
        #expect(value([one, shift]) == 7 && value([shift, one]) == 9)
    }

    @Test("the closed form through a layer norm equals the norm and the head run on edited activations")
    func layerNorm() {
        let (images, units, classes) = (60, 24, 7)
        // A large mean and one dominant unit, as residual streams have.
        var activations = Self.random([images, units], seed: 5)
        for image in 0..<images {
            for unit in 0..<units { activations[image, unit] += 4 }
            activations[image, 3] *= 20
        }
        let (weights, scale, shift) = (
            Self.random([classes, units], seed: 6), Self.random([units], seed: 7), Self.random([units], seed: 8)
        )
        let bias = Self.random([classes], seed: 9)
        let remainder = NormalizedRemainder(
            weights: weights, bias: bias.values, scale: scale.values, shift: shift.values, epsilon: 1e-6)
        let products = remainder.products(activations)
        for moving in Self.interventions.indices {
            for beta in [1.0, 0, -2, 4] {
                let steering = Steering(Self.interventions, moving: moving).at(beta)
                var edited = activations
                steering.apply(to: &edited, rows: 0..<images)
                var expected = multiply(
                    edited.layerNormalized(scale: scale, shift: shift, epsilon: 1e-6), .plain, weights, .transposed)
                expected.add(bias: bias)
                let logits = remainder.logits(activations, products: products, steering: steering)
                assertClose(logits, expected, within: 1e-5, because: "float32 sums of 24 terms, one of size 80")
                let predictions = remainder.predictions(activations, products: products, steering: steering)
                #expect(predictions == logits.argmax())
            }
        }
    }

    @Test("cosines: the length of the embedding divides the logits, moves no class, and is not noticed by counting")
    func cosines() {
        let (images, units, classes, width) = (50, 16, 6, 10)
        let activations = Self.random([images, units], seed: 21)
        let embedding = Self.random([width, units], seed: 22)
        let concepts = Self.random([classes, width], seed: 23)
        let (scale, shift) = (Self.random([units], seed: 24), Self.random([units], seed: 25))
        let weights = multiply(concepts, .plain, embedding, .plain)
        let bias = [Float](repeating: 0, count: classes)
        let linear = LinearRemainder(weights: weights, bias: bias, embedding: embedding)
        let normalized = NormalizedRemainder(
            weights: weights, bias: bias, scale: scale.values, shift: shift.values, epsilon: 1e-5, embedding: embedding)
        func logits(_ x: Tensor) -> Tensor {
            multiply(multiply(x, .plain, embedding, .transposed).normalized(), .plain, concepts, .transposed)
        }
        let base = logits(activations)
        let products = normalized.products(activations)
        for moving in Self.interventions.indices {
            for beta in [1.0, 0, -2, 4] {
                let steering = Steering(Self.interventions, moving: moving).at(beta)
                var edited = activations
                steering.apply(to: &edited, rows: 0..<images)
                let expected = logits(edited)
                assertClose(linear.logits(edited), expected, within: 1e-5, because: "float32 sums of 16 terms")
                let lines = linear.lines(
                    activations: activations, labels: expected.argmax(), steering: steering, base: base)
                let curve = AccuracyCurve(lines: lines, target: 0)
                #expect(curve.predictions(at: beta) == expected.argmax())

                let throughNorm = logits(edited.layerNormalized(scale: scale, shift: shift, epsilon: 1e-5))
                let closed = normalized.logits(activations, products: products, steering: steering)
                assertClose(closed, throughNorm, within: 1e-5, because: "float32 sums of 16 terms")
                let winners = normalized.predictions(activations, products: products, steering: steering)
                #expect(winners == throughNorm.argmax())
            }
        }
    }

    @Test("who flipped, from what to what, and what each class lost")
    func changes() {
        let changes = PredictionChanges(
            before: [0, 0, 1, 1, 2, 2], after: [0, 1, 0, 1, 0, 1], labels: [0, 0, 0, 1, 1, 1], classes: 3)
        #expect(changes.flippedOut == [1])
        #expect(changes.flippedIn == [2, 5])
        #expect(changes.stillWrong == [4])
        #expect(changes.flows.map(\.images) == [1, 1, 1, 1])
        #expect(changes.classes.map(\.rightAfter) == [2, 2, 0])
        #expect(changes.damage.map(\.index) == [1])
        #expect(changes.gains.map(\.index) == [2, 0, 1])
        #expect(changes.gains.map(\.images) == [-2, 1, 1])
    }
}

@Suite struct WilsonIntervalTests {
    @Test("95 % intervals of partial counts cover the full accuracy in 93 to 97 % of 1,000 runs")
    func coverage() {
        // Images in a random order, some right: the running estimate after 256, 1,024 and 5,120 of 10,000.
        let population = 10_000
        for (share, seed) in [(0.88, 1 as UInt64), (0.5, 2), (0.7, 3)] {
            var random = SeededGenerator(seed: seed)
            var isRight = (0..<population).map { Double($0) < share * Double(population) }
            var covered = [256: 0, 1024: 0, 5120: 0]
            for _ in 0..<1000 {
                isRight.shuffle(using: &random)
                var right = 0
                for (index, one) in isRight.enumerated().prefix(5120) {
                    right += one ? 1 : 0
                    let seen = index + 1
                    guard covered[seen] != nil else { continue }
                    let interval = wilsonInterval(Double(right) / Double(seen), count: seen, of: population)
                    if interval.contains(share) { covered[seen]! += 1 }
                }
            }
            for (seen, count) in covered { #expect((930...970).contains(count), "\(share) after \(seen): \(count)") }
        }
    }

    @Test(
        "they cover it as often where the count stops by itself, within a point on the class and on all images",
        arguments: [(0.5, 0.85), (0.85, 0.85), (0.95, 0.9), (0.2, 0.7)])
    func coverageWhereItStops(ofClass: Double, ofOthers: Double) {
        let (population, classImages) = (10_000, 1000)
        let images = (0..<population).map { image in
            image < classImages
                ? (isOfClass: true, isRight: Double(image) < ofClass * Double(classImages))
                : (isOfClass: false, isRight: Double(image - classImages) < ofOthers * Double(population - classImages))
        }
        let whole = Double(images.count { $0.isRight }) / Double(population)
        var random = SeededGenerator(seed: 4)
        var covered = (ofClass: 0, overall: 0)
        for _ in 0..<1000 {
            var count = AccuracyCount(target: 1)
            for (index, image) in images.shuffled(using: &random).enumerated() {
                count.add(label: image.isOfClass ? 1 : 0, isRight: image.isRight)
                guard (index + 1).isMultiple(of: 256) || index + 1 == population else { continue }
                let outcome = InterventionOutcome(
                    before: count.accuracy, after: count.accuracy, images: index + 1, imagesInAll: population,
                    classImages: count.counted.ofClass, classImagesInAll: classImages)
                guard outcome.halfWidth <= 0.01 || outcome.isComplete else { continue }
                covered.ofClass += outcome.classInterval.contains(ofClass) ? 1 : 0
                covered.overall += outcome.overallInterval.contains(whole) ? 1 : 0
                break
            }
        }
        #expect((930...970).contains(covered.ofClass), "class: \(covered.ofClass)")
        #expect((930...970).contains(covered.overall), "all: \(covered.overall)")
    }

    @Test("a share is a whole number of images: none is ruled out that the rest can still make")
    func whole() {
        // Half of 50 seen and all right: 49 of 50 is not ruled out, fewer than 25 is.
        let interval = wilsonInterval(1, count: 25, of: 50)
        #expect(interval.contains(0.98) && interval.upperBound == 1)
        let few = wilsonInterval(0.04, count: 49, of: 50)
        #expect(few.lowerBound >= 0.04 * 49 / 50 && few.upperBound <= (0.04 * 49 + 1) / 50)
    }

    @Test("it closes on the share when all images are counted, and is wider for fewer")
    func ends() {
        #expect(wilsonInterval(0.4, count: 50, of: 50) == 0.4...0.4)
        #expect(wilsonInterval(0.4, count: 0, of: 50) == 0...1)
        let (few, many) = (wilsonInterval(0.4, count: 20, of: 50), wilsonInterval(0.4, count: 40, of: 50))
        #expect(few.lowerBound < many.lowerBound && many.upperBound < few.upperBound)
        let endless = wilsonInterval(0.4, count: 40)
        #expect(endless.lowerBound < many.lowerBound && many.upperBound < endless.upperBound)
    }
}
