/// What a user marked to keep, with her note.
public struct Finding: Sendable, Hashable, Identifiable {
    /// What was marked.
    public enum Subject: Sendable, Hashable {
        /// A unit, with its best concepts at the time.
        case unit(UnitDescription)
        /// An intervention on the unit set of a concept, with what it did.
        case intervention(concept: String, target: ConceptClass, Intervention, InterventionOutcome)
        /// Several interventions at once, each on the unit set of its concept.
        case steering(concepts: [String], target: ConceptClass, Steering, InterventionOutcome)
    }

    /// Row number in the study; nil before it is stored.
    public var id: Int64?
    public var subject: Subject
    /// The layer it is of; nil where that was not kept.
    public var origin: LayerReference?
    public var note: String
    /// Seconds since 1970.
    public var created: Double

    public init(
        id: Int64? = nil, subject: Subject, origin: LayerReference? = nil, note: String = "", created: Double
    ) {
        self.id = id
        self.subject = subject
        self.origin = origin
        self.note = note
        self.created = created
    }
}

/// Formats that findings are exported to.
public enum ExportFormat: String, Sendable, Hashable, CaseIterable {
    case json, csv, markdown

    public var fileExtension: String { self == .markdown ? "md" : rawValue }
}

/// The facts of an open study.
public struct StudyFacts: Sendable, Hashable, Codable {
    public var study: String
    public var model: String
    public var layer: String
    /// Probe images (alignment, top images) and held-out images (accuracy).
    public var probeImages: Int
    public var heldOutImages: Int
    /// Neurons of the target layer.
    public var units: Int
    /// Whether its units have two poles.
    public var isSigned: Bool
    /// Features of its sparse autoencoder that are loaded.
    public var features = 0
    public var concepts: Int
    public var classes: [String]
    /// The words of the classes, where they can be others; nil where they are the model's own.
    public var words: ClassWords?
    /// Of the target model on the held-out images, 0 to 1.
    public var accuracy: Double
    /// How tokens were pooled.
    public var pooling = ""
    /// What follows the layer.
    public var remainder = RemainderKind.none
    /// How far the slider of adding should go, in units of activation.
    public var addingReach = 0.0
    /// All layers of the study, this one among them.
    public var layers: [LayerFacts] = []
    /// All concept sets of the study, the chosen one among them.
    public var conceptSets: [ConceptSetFacts] = []
    /// What makes the accuracy doubtful, in a few words: `classes paired by order`; nil where nothing does.
    public var doubt: String?

    /// The layer on show.
    public var reference: LayerReference { LayerReference(model: model, layer: layer, pooling: pooling) }

    /// The classes accuracy is counted on.
    public var countedClasses: [String] { words?.names ?? classes }

    public init(
        study: String, model: String, layer: String, probeImages: Int, heldOutImages: Int, units: Int, isSigned: Bool,
        concepts: Int, classes: [String], accuracy: Double
    ) {
        self.study = study
        self.model = model
        self.layer = layer
        self.probeImages = probeImages
        self.heldOutImages = heldOutImages
        self.units = units
        self.isSigned = isSigned
        self.concepts = concepts
        self.classes = classes
        self.accuracy = accuracy
    }
}

/// How far a long computation has come.
public struct WorkProgress: Sendable, Hashable {
    public enum Phase: String, Sendable, Hashable {
        case reading = "Reading images"
        case images = "Running images"
        case merging = "Joining shares"
        case activations = "Extracting activations"
        case alignment = "Aligning the neuron encoder"
        case intervention = "Counting outcomes"
        case autoencoder = "Training the autoencoder"
        case features = "Aligning the features"
        case map = "Laying out the units"
    }

    public var phase: Phase
    public var completed: Int
    public var total: Int
    /// Items a second; nil until known.
    public var rate: Double?
    /// Latest loss, while training.
    public var loss: Double?
    /// What else training measures, in words: `explained variance 0.93`.
    public var note: String?

    public init(phase: Phase, completed: Int, total: Int, rate: Double? = nil, loss: Double? = nil) {
        self.phase = phase
        self.completed = completed
        self.total = total
        self.rate = rate
        self.loss = loss
    }

    /// Share done, 0 to 1.
    public var fraction: Double { total > 0 ? min(1, Double(completed) / Double(total)) : 0 }

    /// Seconds left of this phase at the present rate.
    public var secondsLeft: Double? { rate.flatMap { $0 > 0 ? Double(total - completed) / $0 : nil } }
}
