import Analysis
import Workbench

/// JSON of an explanation's scores on held-out images.
struct ExplanationDocument: Encodable {
    var concept: String
    /// `labels`, or `self-consistency` where the concept space alone tells where the concept is.
    var basis: String
    var images: Int
    var pearson: Float
    var auprc: Float
    var f1: Float
    var iou: Float
    /// These two fail sanity checks; papers report them.
    var auc: Float
    var mad: Float
    var monosemanticity: Float
    /// Mean Pearson of concepts drawn from the set, and the share of them that do as well or better.
    var chancePearson: Float
    var chanceShare: Float
    /// Whether that is more than one in four.
    var noBetterThanChance: Bool

    init?(_ explanation: ScoredExplanation) {
        guard let scores = explanation.scores else { return nil }
        (concept, basis, images) = (explanation.concept, scores.basis.rawValue, scores.images)
        (pearson, auprc, f1, iou) = (scores.pearson, scores.auprc, scores.f1, scores.iou)
        (auc, mad) = (scores.auc, scores.mad)
        monosemanticity = explanation.monosemanticity
        (chancePearson, chanceShare) = (explanation.chancePearson, explanation.chanceShare)
        noBetterThanChance = explanation.isNoBetterThanChance
    }
}
