/// What a study is about: the answers a user gave when creating it.
///
/// Paths are kept as given; what they are relative to is the caller's business. None of them is ever a cache key.
public struct StudyConfiguration: Sendable, Hashable, Codable {
    /// The target model's checkpoint: a folder, a file, or `org/repo` of the Hugging Face cache.
    public var modelPath: String
    /// The concept space's checkpoint (a CLIP), named likewise.
    public var conceptSpacePath: String
    /// The target layer, by its published hook point name.
    public var layer: String
    /// How an image's token activations become one vector, by the name the extraction gives it.
    public var pooling: String
    /// Images for alignment, description and localization.
    public var probeImages: String
    /// Images that accuracy is counted on and that nothing else sees.
    public var heldOutImages: String
    /// The list of concepts, one a line.
    public var conceptSet: String
    /// Texts a concept is placed into before it is embedded, one a line; `{}` stands for the concept.
    public var promptTemplate: String
    /// The list of classes of a model that classifies over any; nil for a model that has its own.
    public var classes: String?
    /// `2/4` where only this share of the images is run; nil for a whole study.
    public var share: String?
    /// What the target model's products are rounded to; nil for float32.
    public var precision: String?
    /// Seed of everything random in the study.
    public var seed: Int

    public init(
        modelPath: String, conceptSpacePath: String, layer: String, pooling: String, probeImages: String,
        heldOutImages: String, conceptSet: String, promptTemplate: String = "{}", classes: String? = nil,
        share: String? = nil, precision: String? = nil, seed: Int = 0
    ) {
        self.modelPath = modelPath
        self.conceptSpacePath = conceptSpacePath
        self.layer = layer
        self.pooling = pooling
        self.probeImages = probeImages
        self.heldOutImages = heldOutImages
        self.conceptSet = conceptSet
        self.promptTemplate = promptTemplate
        self.classes = classes
        self.share = share
        self.precision = precision
        self.seed = seed
    }
}
