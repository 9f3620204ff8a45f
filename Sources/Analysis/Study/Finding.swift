/// What a user marked to keep, with her note.
package struct Finding: Sendable, Hashable, Identifiable {
    /// What was marked.
    package enum Subject: Sendable, Hashable {
        /// A unit, with its best concepts at the time.
        case unit(UnitDescription)
        /// An intervention on the unit set of a concept, with what it did.
        case intervention(concept: String, target: ConceptClass, Intervention, InterventionOutcome)
        /// Several interventions at once, each on the unit set of its concept.
        case steering(concepts: [String], target: ConceptClass, Steering, InterventionOutcome)
    }

    /// Row number in the study; nil before it is stored.
    package var id: Int64?
    package var subject: Subject
    /// The layer it is of; nil where that was not kept.
    package var origin: LayerReference?
    /// What its figures were made with; nil where that was not kept.
    package var provenance: Provenance?
    /// Words that begin with # are its tags.
    package var note: String
    /// Seconds since 1970.
    package var created: Double

    package init(
        id: Int64? = nil, subject: Subject, origin: LayerReference? = nil, provenance: Provenance? = nil,
        note: String = "", created: Double
    ) {
        self.id = id
        self.subject = subject
        self.origin = origin
        self.provenance = provenance
        self.note = note
        self.created = created
    }
}

/// Formats that findings are exported to.
package enum ExportFormat: String, Sendable, Hashable, CaseIterable {
    case markdown, html, csv, json

    package var fileExtension: String { self == .markdown ? "md" : rawValue }
}

/// The facts of an open study.
package struct StudyFacts: Sendable, Hashable, Codable {
    package var study: String
    package var model: String
    package var layer: String
    /// Probe images (alignment, top images) and held-out images (accuracy).
    package var probeImages: Int
    package var heldOutImages: Int
    /// Neurons of the target layer.
    package var units: Int
    /// Whether its units have two poles.
    package var isSigned: Bool
    /// Features of its sparse autoencoder that are loaded.
    package var features = 0
    package var concepts: Int
    package var classes: [String]
    /// The words of the classes, where they can be others; nil where they are the model's own.
    package var words: ClassWords?
    /// Of the target model on the held-out images, 0 to 1.
    package var accuracy: Double
    /// How tokens were pooled.
    package var pooling = ""
    /// What follows the layer.
    package var remainder = RemainderKind.none
    /// How far the slider of adding should go, in units of activation.
    package var addingReach = 0.0
    /// All layers of the study, this one among them.
    package var layers: [LayerFacts] = []
    /// All concept sets of the study, the chosen one among them.
    package var conceptSets: [ConceptSetFacts] = []
    /// What makes the accuracy doubtful, in a few words: `classes paired by order`; nil where nothing does.
    package var doubt: String?
    /// Who says which class an image is, and whether that is another than the layer's own.
    package var reader = LayerReader.model
    package var isOtherReader = false

    /// The layer on show.
    package var reference: LayerReference {
        LayerReference(model: model, layer: layer, pooling: pooling, reader: isOtherReader ? reader : nil)
    }

    /// The classes accuracy is counted on.
    package var countedClasses: [String] { words?.names ?? classes }

    package init(
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
package struct WorkProgress: Sendable, Hashable {
    package enum Phase: String, Sendable, Hashable {
        case reading = "Reading images"
        case images = "Running images"
        case merging = "Joining shares"
        case activations = "Extracting activations"
        case tokens = "Reading tokens"
        case gradients = "Going back through the model"
        case head = "Fitting the probe head"
        case alignment = "Aligning the neuron encoder"
        case intervention = "Counting outcomes"
        case autoencoder = "Training the autoencoder"
        case features = "Aligning the features"
        case map = "Laying out the units"
        case embedding = "Embedding held-out images"
        case evaluation = "Evaluating"
    }

    package var phase: Phase
    package var completed: Int
    package var total: Int
    /// Items a second; nil until known.
    package var rate: Double?
    /// Seconds left, where another measure than the rate tells.
    package var estimate: Double?
    /// Latest loss, while training.
    package var loss: Double?
    /// What else training measures, in words: `explained variance 0.93`.
    package var note: String?

    package init(phase: Phase, completed: Int, total: Int, rate: Double? = nil, loss: Double? = nil) {
        self.phase = phase
        self.completed = completed
        self.total = total
        self.rate = rate
        self.loss = loss
    }

    /// Share done, 0 to 1.
    package var fraction: Double { total > 0 ? min(1, Double(completed) / Double(total)) : 0 }

    /// Seconds left of this phase, by what is known of its parts, else at the present rate.
    package var secondsLeft: Double? { estimate ?? rate.flatMap { $0 > 0 ? Double(total - completed) / $0 : nil } }
}
