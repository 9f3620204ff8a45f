/// What a study is about: the answers a user gave when creating it.
///
/// Paths are kept as given; what they are relative to is the caller's business. None of them is ever a cache key.
package struct StudyConfiguration: Sendable, Hashable, Codable {
    /// The concept space's checkpoint (a CLIP): a folder, a file, or `org/repo` of the Hugging Face cache.
    package var conceptSpace: String
    /// What says where images lie in the space, where that is a sentence encoder's; nil for a CLIP.
    package var classifier: ConceptClassifier?
    /// What the products of its image tower are rounded to.
    package var precision: String
    /// Images for alignment, description and localization.
    package var probeImages: String
    /// Images that accuracy is counted on and that nothing else sees.
    package var heldOutImages: String
    /// Texts a concept is placed into before it is embedded; `{}` stands for the concept.
    package var templates: [String]
    /// `2/4` where only this share of the images is run; nil for a whole study.
    package var share: String?

    enum CodingKeys: String, CodingKey {
        case conceptSpace, classifier, precision, probeImages, heldOutImages, templates, share
    }

    package init(
        conceptSpace: String, classifier: ConceptClassifier? = nil, precision: String = "float32", probeImages: String,
        heldOutImages: String,
        templates: [String] = ["{}"], share: String? = nil
    ) {
        self.conceptSpace = conceptSpace
        self.classifier = classifier
        self.precision = precision
        self.probeImages = probeImages
        self.heldOutImages = heldOutImages
        self.templates = templates
        self.share = share
    }
}

/// A classifier that places images in a sentence encoder's space by the names of their likeliest classes.
package struct ConceptClassifier: Sendable, Hashable, Codable {
    /// Its checkpoint.
    package var model: String
    /// What each of its classes is called there, in the order of its logits.
    package var words: [String]

    enum CodingKeys: String, CodingKey { case model, words }

    package init(model: String, words: [String]) { (self.model, self.words) = (model, words) }
}
