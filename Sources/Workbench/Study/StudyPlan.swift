import Cache
import Foundation
import LinearAlgebra
import VisionModels

/// What a new study is to be about: images, a concept space, and a first target model.
public struct StudyPlan: Sendable, Hashable {
    public var target: TargetPlan
    public var conceptSpace: String
    public var probeImages: String
    public var heldOutImages: String
    /// A file of concepts; the study keeps what it reads.
    public var concepts: String
    /// What concepts are placed into before they are embedded.
    public var templates: PromptTemplates
    /// Only this share of the images, to be merged with the others.
    public var shard: Shard?
    /// What the products of the concept space's image tower are rounded to.
    public var precision: Precision

    public init(
        target: TargetPlan, conceptSpace: String, probeImages: String, heldOutImages: String, concepts: String,
        templates: PromptTemplates = .plain, shard: Shard? = nil, precision: Precision = .float32
    ) {
        self.target = target
        self.conceptSpace = conceptSpace
        self.probeImages = probeImages
        self.heldOutImages = heldOutImages
        self.concepts = concepts
        self.templates = templates
        self.shard = shard
        self.precision = precision
    }

    var configuration: StudyConfiguration {
        StudyConfiguration(
            conceptSpace: conceptSpace, precision: precision.rawValue, probeImages: probeImages,
            heldOutImages: heldOutImages, templates: templates.templates, share: shard?.description)
    }
}

/// A target model and its layers, to be studied.
public struct TargetPlan: Sendable, Hashable {
    public var model: String
    /// Hook points, at least one.
    public var layers: [String]
    public var pooling: String
    /// A class list: what a CLIP is to tell apart, or names for a classifier's own classes.
    public var classes: String?
    /// Words for classes that are identifiers: `n01440764<TAB>tench` a line, or a name a line in the classes' order.
    public var classNames: String?
    /// Which class each folder of images stands for, where its name does not tell: `folder<TAB>class` a line.
    public var classMap: String?
    /// What the model's products are rounded to.
    public var precision: Precision

    public init(
        model: String, layers: [String], pooling: String = "cls", classes: String? = nil, classNames: String? = nil,
        classMap: String? = nil,
        precision: Precision = .float32
    ) {
        self.model = model
        self.layers = layers
        self.pooling = pooling
        self.classes = classes
        self.classNames = classNames
        self.classMap = classMap
        self.precision = precision
    }
}
