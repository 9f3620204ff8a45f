/// What an audit is to look at: enough to do it again.
package struct AuditRequest: Sendable, Codable, Hashable {
    /// τ, units of a concept.
    package var units = 20
    /// Which units; nil for neurons.
    package var unitKind: UnitKind?
    /// The classes that are audited; nil for all.
    package var classes: [String]?
    /// Concepts told of each class.
    package var listed = 5
    package var ranking = Ranking.standard
    /// Concepts asked at most: those that describe most units.
    package var concepts = 500
    /// A file of groups, or `folders`; nil where none are known.
    package var groups: String?
    /// The accuracy that other classes may lose where a class is mended, from 0 to 1.
    package var damage = 0.005

    package init() {}

    package var kind: UnitKind { unitKind ?? .neuron }
}

/// Where an audited concept comes from.
package enum AuditedOrigin: String, Sendable, Codable, CaseIterable {
    /// A word of the concept set.
    case word
    /// What the images of a group have beside others of their classes: its units through the concept space, and by
    /// their departure alone, without it.
    case group
    case departure
    /// What images that are taken for the class have beside others of their own classes; no groups are needed for it.
    case mistakes
}

/// A concept that is not of a class and that the class leans on.
package struct AuditedConcept: Sendable {
    package var concept: String
    package var origin: AuditedOrigin
    /// How much it is of the class: the cosine of both, less the concept set's mean; and what half of the other classes
    /// exceed, which it is under.
    package var likeness: Double
    package var limit: Double
    /// Its units, best first.
    package var units: [InternalUnit]
    /// Other concepts that have nearly the same units.
    package var alike: [String]
    /// What removing the units takes off the class's logit, centred over classes, mean over its images: on the images it
    /// was chosen on, and on the others, where everything below is told.
    package var chosen: Double
    package var leaning: Double
    /// The same of random sets of as many neurons: mean, standard deviation, and the share that reaches it.
    package var randomMean: Double
    package var randomDeviation: Double
    package var p: Double
    /// By Holm, over all concepts of all classes that are told.
    package var correctedP: Double
    /// The share of concepts drawn at random from the concept space whose units, ranked likewise, reach it.
    package var randomConcepts: Double
    /// Accuracy with the units removed and doubled.
    package var removed: InterventionOutcome
    package var doubled: InterventionOutcome
    /// Of what mistakes have in common, how much these look like the class, on the images that are reported; nil where that
    /// cannot be told, and of all else.
    package var resemblance: ClassResemblance?
    /// Names of some images that show it: mistakes that look least like the class, and mistakes within a group.
    package var examples: [ActivatingImage]

    package init(
        concept: String, origin: AuditedOrigin, likeness: Double, limit: Double, units: [InternalUnit],
        alike: [String], chosen: Double, leaning: Double, randomMean: Double, randomDeviation: Double, p: Double,
        randomConcepts: Double, removed: InterventionOutcome, doubled: InterventionOutcome,
        resemblance: ClassResemblance? = nil, examples: [ActivatingImage] = []
    ) {
        (self.concept, self.origin, self.likeness, self.limit) = (concept, origin, likeness, limit)
        (self.units, self.alike, self.chosen, self.leaning) = (units, alike, chosen, leaning)
        (self.randomMean, self.randomDeviation, self.p, correctedP) = (randomMean, randomDeviation, p, p)
        (self.randomConcepts, self.removed, self.doubled) = (randomConcepts, removed, doubled)
        (self.resemblance, self.examples) = (resemblance, examples)
    }

    /// Whether it may be of the class: of what images have that are taken for it by mistake, unless these are shown to look
    /// more like their own classes.
    package var isOfClass: Bool { origin == .mistakes && !((resemblance?.correctedP ?? 1) < 0.05) }

    /// How far beyond random units it lies, in their standard deviations.
    package var excess: Double { randomDeviation > 0 ? (leaning - randomMean) / randomDeviation : 0 }

    /// Something that is not of the class moves it, by the usual level of 5 % over all tests.
    package var isFinding: Bool { correctedP < 0.05 && !isOfClass }
}

/// How a class's worst group is mended.
package struct GroupMend: Sendable {
    package var concept: String
    package var units: [InternalUnit]
    package var `operator`: Operator
    package var beta: Double
    /// What acts after it: the class's own units are shifted, where one set of units does not mend it.
    package var second: Intervention?
    /// Accuracy on the worst group of the images it was chosen on, before and after.
    package var chosen: AccuracyChange
    /// On the others: of the class's groups before and after, and what the class and the others do.
    package var before: [GroupCell]
    package var after: [GroupCell]
    package var outcome: InterventionOutcome
    /// Random sets of as many neurons in the place of `units`, whose best β within the bound was chosen likewise: their mean
    /// gain on the worst group, and twice (1 + those that gain as much) / (1 + all), for two kinds of mending are tried.
    package var randomGain: Double
    package var randomSets: Int
    package var p: Double
    package var correctedP: Double

    package init(
        concept: String, units: [InternalUnit], operator: Operator, beta: Double, second: Intervention? = nil,
        chosen: AccuracyChange,
        before: [GroupCell], after: [GroupCell], outcome: InterventionOutcome, randomGain: Double, randomSets: Int,
        p: Double
    ) {
        (self.concept, self.units, self.operator, self.beta) = (concept, units, `operator`, beta)
        self.second = second
        (self.chosen, self.before, self.after, self.outcome) = (chosen, before, after, outcome)
        (self.randomGain, self.randomSets, self.p, correctedP) = (randomGain, randomSets, p, p)
    }

    /// Accuracy on the worst group.
    package var worst: AccuracyChange {
        AccuracyChange(before.map(\.accuracy).min() ?? 0, after.map(\.accuracy).min() ?? 0)
    }
}

/// A class with what it leans on.
package struct AuditedClass: Sendable {
    package var name: String
    /// Best first.
    package var concepts: [AuditedConcept]
    /// Accuracy of the model on each group, on the images that are reported; empty where no groups are known.
    package var groups: [GroupCell]
    /// Nil where nothing helps within the bound, or no groups are known.
    package var mend: GroupMend?

    package init(name: String, concepts: [AuditedConcept], groups: [GroupCell] = [], mend: GroupMend? = nil) {
        (self.name, self.concepts, self.groups, self.mend) = (name, concepts, groups, mend)
    }
}
