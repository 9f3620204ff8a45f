import LinearAlgebra

/// A published way to score units for concepts by their activations on probe images.
package enum PublishedSimilarity: Sendable, Hashable, CaseIterable {
    /// CLIP-Dissect: its soft weighted pointwise mutual information, and the other similarities of its paper.
    case clipDissect, weightedPMI, rankReorder, cosineCubed
    case networkDissection
    case visualInterpretation

    package var method: UnitSetMethod {
        switch self {
        case .clipDissect: .clipDissect
        case .weightedPMI: .weightedPMI
        case .rankReorder: .rankReorder
        case .cosineCubed: .cosineCubed
        case .networkDissection: .networkDissection
        case .visualInterpretation: .visualInterpretation
        }
    }

    /// - Parameters:
    ///   - concepts: those that are scored. Softmaxes run over the context's concept set, and these where it lacks them.
    ///   - labels: a class of each probe image; nil for those predicted.
    /// - Returns: [poles, concepts]
    package func scores(
        _ probe: any UnitStatistics, poles: [ProbePole], _ concepts: ConceptSet, _ context: ConceptContext,
        labels: [Int]? = nil
    ) throws -> Tensor {
        try PublishedScores(self, probe, poles: poles, among: concepts, context, labels: labels).scores(of: concepts)
    }
}
