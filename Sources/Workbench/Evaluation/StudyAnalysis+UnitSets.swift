import Analysis
import Foundation
import LinearAlgebra

extension StudyAnalysis {
    /// For every counted class, the neurons in the order of a method, best first.
    public func unitOrders(by method: UnitSetMethod, seed: UInt64 = 0) throws -> [[InternalUnit]] {
        let dissect = method == .clipDissect ? try clipDissect() : nil
        var random = SeededGenerator(seed: seed)
        let neurons = (0..<encoder.count).map { InternalUnit(layer: encoder.layer, index: $0) }
        return try countedClasses.names.indices.map { c in
            func order(_ scores: [Float]) -> [InternalUnit] {
                TopK.indices(of: scores, count: scores.count).map { neurons[$0] }
            }
            switch method {
            case .contribution, .cosine:
                let ranking: Ranking = method == .cosine ? .cosine : .contribution
                return try locate(countedClasses.names[c], ranking: ranking).units.map(\.unit).distinctNeurons
            case .clipDissect: return order((0..<encoder.count).map { dissect?.scores[$0, c] ?? 0 })
            case .actValues: return order(actValues(c, probe))
            case .random: return neurons.shuffled(using: &random)
            case .respondingCosine, .respondingContribution, .effectCosine, .effectContribution:
                preconditionFailure("\(method) ranks features")
            }
        }
    }

    /// CLIP-Dissect over the names of the counted classes.
    func clipDissect(_ kind: UnitKind = .neuron) throws -> CLIPDissect {
        let similarities = multiply(probeEmbeddings, .plain, countedClasses.embeddings, .transposed)
        return kind == .feature
            ? CLIPDissect(probe: try loadedFeatures().probe, similarities: similarities)
            : CLIPDissect(probe: probe, similarities: similarities)
    }

    /// Act-Values of a counted class. A class that is none of the study's has no images predicted as it; the probe images
    /// then count by how similar to it they are.
    func actValues(_ c: Int, _ statistics: some UnitStatistics) -> [Float] {
        statistics.actValues(
            of: countedClasses.names[c], embedding: countedClasses.embeddings.row(c), classes: classes,
            imageEmbeddings: probeEmbeddings)
    }

    /// Scaling each class's unit set by each β: change in points on the class and on the others, mean over the classes
    /// that have images.
    ///
    /// - Parameter count: counts an intervention for a class; by default on all held-out images.
    public func meanChanges(
        _ sets: [[InternalUnit]], betas: [Double], count: ((Steering, Int) throws -> InterventionOutcome)? = nil
    ) throws -> [(ofClass: Double, ofOthers: Double)] {
        let targets = Set(heldOutLabels)
        var sums = betas.map { _ in (ofClass: 0.0, ofOthers: 0.0) }
        for (target, units) in sets.enumerated() where targets.contains(target) {
            for (position, beta) in betas.enumerated() {
                let steering = Steering(Intervention(units: units, operator: .scaling, beta: beta))
                let outcome = try count?(steering, target) ?? outcome(of: steering, target: target)
                sums[position].ofClass += 100 * (outcome.after.ofClass - outcome.before.ofClass)
                sums[position].ofOthers += 100 * (outcome.after.ofOthers - outcome.before.ofOthers)
            }
        }
        let classes = Double(max(1, targets.count))
        return sums.map { (ofClass: $0.ofClass / classes, ofOthers: $0.ofOthers / classes) }
    }
}

extension [InternalUnit] {
    /// Whole neurons in the order of their better pole.
    public var distinctNeurons: [InternalUnit] {
        var seen: Set<Int> = []
        return filter { seen.insert($0.index).inserted }.map { InternalUnit(layer: $0.layer, index: $0.index) }
    }
}
