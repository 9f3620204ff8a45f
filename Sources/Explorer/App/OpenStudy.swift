import Analysis

/// How far the explorer has come.
package enum Stage: Sendable, Equatable {
    case opening(WorkProgress?, secondsElapsed: Double)
    /// The study could not be opened; why, in words for people.
    case failed(String)
    /// There is none yet in the folder that was named.
    case missing(String)
    case open(OpenStudy)
}

/// The study with the layer on show.
package struct OpenStudy: Sendable, Equatable {
    package private(set) var facts: StudyFacts
    /// The words of its classes as it was opened; nil where they are the model's own and cannot be others.
    let ownWords: ClassWords?
    /// The words that are counted on now; nil for its own.
    package private(set) var words: ClassWords?
    /// β of adding.
    package let adding: Slider
    /// The classes accuracy is counted on.
    let classNames: [String]
    /// Whether its layers are of several models, and whether one layer is there under several poolings.
    private let hasModels: Bool
    private let hasPoolings: Bool

    init(_ facts: StudyFacts) { self.init(facts, ownWords: facts.words, words: nil) }

    private init(_ facts: StudyFacts, ownWords: ClassWords?, words: ClassWords?) {
        self.facts = facts
        self.ownWords = ownWords
        self.words = words
        adding = .adding(reach: facts.addingReach)
        classNames = facts.countedClasses
        let references = facts.layers.map(\.reference)
        hasModels = references.contains { $0.model != facts.model }
        var poolings: [String: String] = [:]
        hasPoolings = references.contains { reference in
            let name = reference.model + "\n" + reference.layer
            defer { poolings[name] = reference.pooling }
            return poolings[name].map { $0 != reference.pooling } ?? false
        }
    }

    /// The same, counted on classes of other words.
    func counting(on words: ClassWords?, _ facts: StudyFacts) -> OpenStudy {
        OpenStudy(facts, ownWords: ownWords, words: words)
    }

    /// The same, its units described by another concept set.
    func described(_ facts: StudyFacts) -> OpenStudy {
        var facts = facts
        // Which classes are counted on does not hang on the concept set.
        (facts.words, facts.accuracy) = (self.facts.words, self.facts.accuracy)
        return OpenStudy(facts, ownWords: ownWords, words: words)
    }

    /// The same, with all its layers as they are now.
    func holding(_ layers: [LayerFacts]) -> OpenStudy {
        var facts = facts
        facts.layers = layers
        return OpenStudy(facts, ownWords: ownWords, words: words)
    }

    /// All layers of the study; the one on show at least.
    var layers: [LayerFacts] {
        guard facts.layers.isEmpty else { return facts.layers }
        let images = facts.probeImages + facts.heldOutImages
        return [LayerFacts(reference: facts.reference.place, units: facts.units, rows: images, images: images)]
    }

    /// A layer's name as far as it takes to tell it from the study's others.
    func name(of layer: LayerReference) -> String {
        (hasModels ? layer.model + " " : "") + layer.layer + (hasPoolings ? " (\(layer.pooling))" : "")
            + (layer.reader.map { ", \($0.rawValue)" } ?? "")
    }

    /// A unit's name, with its model where the study has several.
    func name(of unit: InternalUnit) -> String { (hasModels ? facts.model + " " : "") + unit.description }

    var severalModels: Bool { hasModels }

    /// Whether a finding is of the layer on show. Where its layer was not kept, the unit's own tells.
    func isOfLayer(_ finding: Finding) -> Bool { finding.origin.map { $0 == facts.reference } ?? true }

    /// Why no accuracy shows; nil where it can be counted.
    var whyNotCounted: String? {
        guard facts.remainder == .none else { return nil }
        return facts.reader == .none
            ? "No classifier: labelled images, or miclip extract --head" : "Nothing after \(facts.layer) gives classes"
    }
}
