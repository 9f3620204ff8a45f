import Cache
import Foundation
import LinearAlgebra
import VisionModels

/// What a new study is to be about: images, a concept space, and a first target model.
package struct StudyPlan: Sendable, Hashable {
    package var target: TargetPlan
    package var conceptSpace: String
    package var probeImages: String
    package var heldOutImages: String
    /// A file of concepts; the study keeps what it reads.
    package var concepts: String
    /// What concepts are placed into before they are embedded.
    package var templates: PromptTemplates
    /// Only this share of the images, to be merged with the others.
    package var shard: Shard?
    /// What the products of the concept space's image tower are rounded to.
    package var precision: Precision

    package init(
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
}

/// A target model and its layers, to be studied.
package struct TargetPlan: Sendable, Hashable {
    package var model: String
    /// Hook points, at least one.
    package var layers: [String]
    package var pooling: String
    /// Whether the study keeps every token of every image beside what pooling makes of them.
    package var keepsTokens = false
    /// A class list: what a CLIP is to tell apart, or names for a classifier's own classes.
    package var classes: String?
    /// Words for classes that are identifiers: `n01440764<TAB>tench` a line, or a name a line in the classes' order.
    package var classNames: String?
    /// Which class each folder of images stands for, where its name does not tell: `folder<TAB>class` a line.
    package var classMap: String?
    /// A linear head that reads the layers: weight [classes, units] and bias [classes].
    package var head: String?
    /// What the model's products are rounded to.
    package var precision: Precision

    package init(
        model: String, layers: [String], pooling: String = "cls", classes: String? = nil, classNames: String? = nil,
        classMap: String? = nil, head: String? = nil,
        precision: Precision = .float32
    ) {
        self.model = model
        self.layers = layers
        self.pooling = pooling
        self.classes = classes
        self.classNames = classNames
        self.classMap = classMap
        self.head = head
        self.precision = precision
    }
}
