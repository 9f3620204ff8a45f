import Analysis
import Explorer
import Foundation
import LinearAlgebra

/// Steering on 50,000 images of 1,000 classes: how long a curve takes, and how soon a held key's frame is there.
struct SteeringBench {
    let images = 50_000
    let classes = 1000
    let activations: Tensor
    let remainder: LinearRemainder
    let base: Tensor
    let labels: [Int]

    /// Images around the class directions of a random linear head, so that most are classified right.
    init() {
        let width = 64
        var random = SeededGenerator(seed: 1)
        func normals(_ shape: [Int]) -> Tensor {
            Tensor(shape, (0..<shape.reduce(1, *)).map { _ in random.nextNormal() })
        }
        let weights = normals([classes, width])
        var activations = normals([images, width])
        let labels = (0..<images).map { $0 % 1000 }
        activations.withUnsafeMutable { a in
            weights.withUnsafe { w in
                for (image, label) in labels.enumerated() {
                    for unit in 0..<width { a[image * width + unit] += 0.5 * w[label * width + unit] }
                }
            }
        }
        remainder = LinearRemainder(weights: weights, bias: Array(repeating: 0, count: classes))
        self.activations = activations
        self.labels = labels
        base = remainder.logits(activations)
    }

    private func units(_ first: Int) -> [InternalUnit] {
        (first..<first + 10).map { InternalUnit(layer: "fc", index: $0, pole: .positive) }
    }

    private func curve(from first: Int) -> AccuracyCurve {
        let steering = Steering(Intervention(units: units(first), operator: .scaling, beta: 1))
        let lines = remainder.lines(activations: activations, labels: labels, steering: steering, base: base)
        return AccuracyCurve(lines: lines, target: 3, over: Slider.scaling.range, unedited: base.argmax())
    }

    func run() {
        let clock = ContinuousClock()
        var curves: [Double] = []
        for first in 0..<5 {
            let began = clock.now
            _ = curve(from: 10 * first)
            curves.append((clock.now - began) / .milliseconds(1))
        }
        print("steering      exact curve, 50,000 images x 1,000 classes x 10 units \(spread(curves)) ms (bound: 3,000)")
        print("steering      held key, the same: update and frame     \(spread(heldKey())) ms (bound: 33 max)")

        // A norm and a head behind 10,000 images, at one β.
        let some = activations.rows(0..<10_000)
        let ones = [Float](repeating: 1, count: activations.columns)
        let normalized = NormalizedRemainder(
            weights: remainder.weights, bias: remainder.bias, scale: ones, shift: ones, epsilon: 1e-6)
        let products = normalized.products(some)
        let formulas = (0..<20).map { step in
            let began = clock.now
            let steering = Steering(Intervention(units: units(0), operator: .scaling, beta: Double(step) / 5))
            _ = normalized.predictions(some, products: products, steering: steering)
            return (clock.now - began) / .milliseconds(1)
        }
        print("steering      through a norm, 10,000 x 1,000, per β    \(spread(formulas)) ms (bound: 150)")
    }

    /// Milliseconds from each of 300 keys, ten seconds of a held arrow, to its frame.
    private func heldKey() -> [Double] {
        let names = (0..<classes).map { "class \($0)" }
        var facts = StudyFacts(
            study: "synthetic", model: "linear", layer: "fc", probeImages: 0, heldOutImages: images, units: 64,
            isSigned: true, concepts: 0, classes: names, accuracy: 0.5)
        (facts.remainder, facts.addingReach) = (.linear, 5)
        let size = Size(columns: 200, rows: 60)
        var state = State(size: size, appearance: Appearance(themes: []))
        var effects = update(&state, .opened(facts))
        effects += update(&state, .terminal(.key(.character("3"))))
        while !effects.isEmpty {
            switch effects.removeFirst() {
            case .locate(let concept, let ranking, _, let job):
                let found = Localization(
                    concept: concept, target: ConceptClass(index: 3, name: names[3], origin: .chosen), ranking: ranking,
                    units: units(0).map { RankedUnit(unit: $0, score: 1) })
                effects += update(&state, .located(found, isExact: true, job))
            case .curve(_, _, _, let job): effects += update(&state, .curved(curve(from: 0), job))
            default: break
            }
        }
        let clock = ContinuousClock()
        return (0..<300).map { step in
            let began = clock.now
            _ = update(&state, .terminal(.key((step / 50).isMultiple(of: 2) ? .right : .left)))
            _ = view(state, size: size)
            return (clock.now - began) / .milliseconds(1)
        }
    }
}
