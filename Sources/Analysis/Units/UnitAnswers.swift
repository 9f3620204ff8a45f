/// What each method to describe units calls one of them, and how well that explains the unit.
package struct UnitAnswers: Sendable, Hashable {
    package struct Answer: Sendable, Hashable {
        package var method: UnitSetMethod
        /// Nil where the method says nothing of the unit.
        package var concept: String?
        /// On held-out images; nil where they could not be had quickly.
        package var scores: ExplanationScores?
        /// Whether a concept drawn from the set does as well.
        package var isNoBetterThanChance: Bool

        package init(
            method: UnitSetMethod, concept: String?, scores: ExplanationScores? = nil,
            isNoBetterThanChance: Bool = false
        ) {
            (self.method, self.concept) = (method, concept)
            (self.scores, self.isNoBetterThanChance) = (scores, isNoBetterThanChance)
        }
    }

    package var unit: InternalUnit
    /// The program's own first, then the published ones.
    package var answers: [Answer]
    /// Held-out images that they are scored on; 0 where they are not.
    package var images: Int

    package init(unit: InternalUnit, answers: [Answer], images: Int) {
        (self.unit, self.answers, self.images) = (unit, answers, images)
    }
}
