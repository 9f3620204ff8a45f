import Analysis
import Foundation
import LinearAlgebra

/// A way to choose the unit set of a class: the method's rankings, and what they are measured against.
public enum UnitSetMethod: String, Sendable, Hashable, Codable, CaseIterable {
    case contribution
    case cosine
    case clipDissect = "clip-dissect"
    case actValues = "act-values"
    case random
    /// Of features: cosine of the concept, centred, and what a feature responds to (E_n trained on features).
    case respondingCosine = "responding-cosine"
    /// Of features: that, not normalised, times how the feature departs on the class.
    case respondingContribution = "responding-contribution"
    /// Of features: cosine of the concept, centred, and what a feature does (E_n of its decoder direction).
    case effectCosine = "effect-cosine"
    /// Of features: that, not normalised, times how the feature departs on the class.
    case effectContribution = "effect-contribution"

    /// Those that a table compares.
    public static func all(for kind: UnitKind) -> [UnitSetMethod] {
        kind == .neuron
            ? [.contribution, .cosine, .clipDissect, .actValues, .random]
            : [
                .respondingCosine, .respondingContribution, .effectCosine, .effectContribution, .clipDissect,
                .actValues, .random,
            ]
    }
}

/// One cell of the intervention table: mean over classes, then over seeds, of the change in accuracy, in points.
public struct InterventionCell: Sendable, Codable {
    public var method: UnitSetMethod
    /// τ, units in each set.
    public var units: Int
    public var beta: Double
    /// Change on the concept's class, one value a seed.
    public var classChanges: [Double]
    /// Change on all other classes, one value a seed.
    public var otherChanges: [Double]

    public var classMean: Double { classChanges.reduce(0, +) / Double(max(1, classChanges.count)) }
    public var otherMean: Double { otherChanges.reduce(0, +) / Double(max(1, otherChanges.count)) }

    /// Half the width of the 95 % interval of `classMean` over seeds, by Student's t; nil for one seed.
    public var classHalfWidth: Double? { Self.halfWidth(classChanges) }

    /// The same of `otherMean`.
    public var otherHalfWidth: Double? { Self.halfWidth(otherChanges) }

    private static func halfWidth(_ changes: [Double]) -> Double? {
        let n = changes.count
        guard n > 1 else { return nil }
        let mean = changes.reduce(0, +) / Double(n)
        let variance = changes.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(n - 1)
        // Two-sided 97.5 % quantiles of t for 1, 2, ... degrees of freedom.
        let quantiles = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228]
        return (n - 2 < quantiles.count ? quantiles[n - 2] : 1.96) * (variance / Double(n)).squareRoot()
    }
}

extension Workbench {
    /// The paper's intervention table on the held-out images: scaling by each β, unit sets of each size, every method.
    ///
    /// The unit sets come from the probe images and β is given, so the images that count saw neither.
    public func interventionTable(
        sizes: [Int] = [5, 10, 20], betas: [Double] = [2, 0], seeds: Int = 3, units kind: UnitKind = .neuron,
        _ work: Work = Work()
    ) throws -> [InterventionCell] {
        var cells: [InterventionCell] = []
        let parameters = try alignmentParameters()
        defer { _ = try? align(parameters) }
        for seed in 0..<seeds {
            var seeded = parameters
            seeded.seed = parameters.seed + UInt64(seed)
            try align(seeded, work)
            var study = try analysis()
            if kind == .feature {
                try addFeatures(to: &study, work)
                _ = try study.loadedFeatures()
            }
            for method in UnitSetMethod.all(for: kind) {
                let sets =
                    try kind == .neuron
                    ? study.unitOrders(by: method, seed: UInt64(seed))
                    : study.featureOrders(by: method, count: sizes.max() ?? 0, seed: UInt64(seed))
                for size in sizes {
                    let changes = try study.meanChanges(sets.map { Array($0.prefix(size)) }, betas: betas)
                    for (beta, change) in zip(betas, changes) {
                        cells.add(change, method: method, units: size, beta: beta)
                    }
                }
            }
        }
        return cells
    }
}

extension [InterventionCell] {
    fileprivate mutating func add(
        _ change: (ofClass: Double, ofOthers: Double), method: UnitSetMethod, units: Int, beta: Double
    ) {
        let position = firstIndex { $0.method == method && $0.units == units && $0.beta == beta }
        if let position {
            self[position].classChanges.append(change.ofClass)
            self[position].otherChanges.append(change.ofOthers)
        } else {
            append(
                InterventionCell(
                    method: method, units: units, beta: beta, classChanges: [change.ofClass],
                    otherChanges: [change.ofOthers]))
        }
    }
}

extension StudyAnalysis {
    /// For every class, the neurons in the order of a method, best first.
    public func unitOrders(by method: UnitSetMethod, seed: UInt64 = 0) throws -> [[InternalUnit]] {
        let dissect = method == .clipDissect ? try clipDissect() : nil
        var random = SeededGenerator(seed: seed)
        let neurons = (0..<encoder.count).map { InternalUnit(layer: encoder.layer, index: $0) }
        return try classes.names.indices.map { c in
            func order(_ scores: [Float]) -> [InternalUnit] {
                TopK.indices(of: scores, count: scores.count).map { neurons[$0] }
            }
            switch method {
            case .contribution, .cosine:
                let ranking: Ranking = method == .cosine ? .cosine : .contribution
                return try locate(classes.names[c], ranking: ranking).units.map(\.unit).distinctNeurons
            case .clipDissect: return order((0..<encoder.count).map { dissect?.scores[$0, c] ?? 0 })
            case .actValues: return order(probe.actValues(class: c))
            case .random: return neurons.shuffled(using: &random)
            case .respondingCosine, .respondingContribution, .effectCosine, .effectContribution:
                preconditionFailure("\(method) ranks features")
            }
        }
    }

    /// CLIP-Dissect over the class names.
    func clipDissect(_ kind: UnitKind = .neuron) throws -> CLIPDissect {
        if kind == .feature {
            return CLIPDissect(
                probe: try loadedFeatures().probe,
                similarities: multiply(probeEmbeddings, .plain, classes.embeddings, .transposed))
        }
        return CLIPDissect(
            probe: probe, similarities: multiply(probeEmbeddings, .plain, classes.embeddings, .transposed))
    }

    /// Scaling each class's unit set by each β: change in points on the class and on the others, mean over classes.
    public func meanChanges(
        _ sets: [[InternalUnit]], betas: [Double]
    ) throws -> [(ofClass: Double, ofOthers: Double)] {
        var sums = betas.map { _ in (ofClass: 0.0, ofOthers: 0.0) }
        for (target, units) in sets.enumerated() {
            for (position, beta) in betas.enumerated() {
                let outcome = try outcome(
                    of: Intervention(units: units, operator: .scaling, beta: beta), target: target)
                sums[position].ofClass += 100 * (outcome.after.ofClass - outcome.before.ofClass)
                sums[position].ofOthers += 100 * (outcome.after.ofOthers - outcome.before.ofOthers)
            }
        }
        return sums.map { (ofClass: $0.ofClass / Double(sets.count), ofOthers: $0.ofOthers / Double(sets.count)) }
    }
}

extension [InternalUnit] {
    /// Whole neurons in the order of their better pole.
    public var distinctNeurons: [InternalUnit] {
        var seen: Set<Int> = []
        return filter { seen.insert($0.index).inserted }.map { InternalUnit(layer: $0.layer, index: $0.index) }
    }
}
