/// Long work on a layer of the study, or the making of another, as a command line says it.
package enum LongWork: Sendable, Hashable {
    /// A study: its images run through both models, and a layer aligned.
    case create(StudyDraft)
    /// One more layer of the same target model, by a forward pass.
    case extract(layer: String, pooling: String?)
    case align(AlignmentMethod, seed: UInt64)
    case train(FeatureCount, k: Int, seed: UInt64)
    /// A sparse autoencoder trained elsewhere: its folder or file.
    case `import`(path: String)

    /// The phases it goes through, in order.
    package var steps: [WorkProgress.Phase] {
        switch self {
        case .create, .extract: [.reading, .activations, .alignment]
        case .align: [.alignment]
        case .train: [.autoencoder, .features]
        case .import: [.features]
        }
    }

    /// Which step a phase belongs to, counted from 1: phases that do not always come are part of the one they are in.
    package func step(of phase: WorkProgress.Phase) -> Int? {
        let known: WorkProgress.Phase =
            switch phase {
            case .images: .activations
            case .gradients, .head: steps.last ?? phase
            default: phase
            }
        return steps.firstIndex(of: known).map { $0 + 1 }
    }
}

/// Features of an autoencoder: a number, or a multiple of the layer's units.
package enum FeatureCount: Sendable, Hashable, CustomStringConvertible {
    case number(Int)
    case multiple(Int)

    /// `768`, `8x`
    package init?(_ text: String) {
        guard let count = Int(text.hasSuffix("x") ? String(text.dropLast()) : text), count > 0 else { return nil }
        self = text.hasSuffix("x") ? .multiple(count) : .number(count)
    }

    /// Nil where it is more than a number can say.
    package func count(of units: Int) -> Int? {
        switch self {
        case .number(let count): return count
        case .multiple(let factor):
            let (count, isTooMany) = factor.multipliedReportingOverflow(by: units)
            return isTooMany ? nil : count
        }
    }

    package var description: String {
        switch self {
        case .number(let count): "\(count)"
        case .multiple(let factor): "\(factor)x"
        }
    }
}

/// What long work came to.
package struct WorkDone: Sendable, Equatable {
    /// In a few words, with its figures.
    package var summary: String
    /// All layers of the study as they are now.
    package var layers: [LayerFacts]
    /// The layer whose encoder or features are others now; nil where none is.
    package var changes: LayerReference?
    /// The folder of a study that was made.
    package var opens: String?

    package init(summary: String, layers: [LayerFacts], changes: LayerReference?, opens: String? = nil) {
        (self.summary, self.layers, self.changes, self.opens) = (summary, layers, changes, opens)
    }
}
