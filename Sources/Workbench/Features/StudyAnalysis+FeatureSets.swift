import Analysis
import Foundation
import LinearAlgebra

extension StudyAnalysis {
    /// For every counted class, the `count` best features by a method, best first.
    ///
    /// - Throws: `noAutoencoder` where no features are loaded.
    public func featureOrders(by method: UnitSetMethod, count: Int, seed: UInt64 = 0) throws -> [[InternalUnit]] {
        let features = try loadedFeatures()
        let dissect = method == .clipDissect ? try clipDissect(.feature) : nil
        var random = SeededGenerator(seed: seed)
        let all = Array(0..<features.autoencoder.count)
        return countedClasses.names.indices.map { c in
            let means = actValues(c, features.probe)
            let scores: [Float]
            switch method {
            case .random: return all.shuffled(using: &random).prefix(count).map(features.retrieval.unit)
            case .clipDissect: scores = all.map { dissect?.scores[$0, c] ?? 0 }
            case .actValues: scores = means
            case .respondingCosine, .respondingContribution:
                scores = features.retrieval.scores(
                    for: countedClasses.embeddings.row(c), of: .responding,
                    departures: method == .respondingContribution ? means : nil)
            case .effectCosine, .effectContribution:
                scores = features.retrieval.scores(
                    for: countedClasses.embeddings.row(c), of: .doing,
                    departures: method == .effectContribution ? means : nil)
            case .contribution, .cosine: preconditionFailure("\(method) ranks neurons")
            }
            return TopK.indices(of: scores, count: count).map(features.retrieval.unit)
        }
    }
}
