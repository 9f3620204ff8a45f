import Digests
import Foundation

/// A target model of the study.
package struct TargetRecord: Sendable, Hashable {
    /// Row number; nil before it is stored.
    package var id: Int64?
    /// Its name, which no other target model of the study has.
    package var name: String
    /// What is known of it: UTF-8 JSON, in a form that is the caller's own.
    package var json: Data

    package init(id: Int64? = nil, name: String, json: Data) {
        self.id = id
        self.name = name
        self.json = json
    }
}

/// A layer of a target model.
package struct LayerRecord: Sendable, Hashable {
    /// Row number; nil before it is stored. Layers are in the order of these.
    package var id: Int64?
    /// The target model's row number.
    package var target: Int64
    /// The hook point's name.
    package var hookPoint: String
    /// The pooling's name.
    package var pooling: String
    /// What is known of it: UTF-8 JSON, in a form that is the caller's own.
    package var json: Data

    package init(id: Int64? = nil, target: Int64, hookPoint: String, pooling: String, json: Data) {
        self.id = id
        self.target = target
        self.hookPoint = hookPoint
        self.pooling = pooling
        self.json = json
    }
}

/// A list of concepts that units are described with.
package struct ConceptSetRecord: Sendable, Hashable {
    /// Of the concepts, in order.
    package var digest: Digest
    /// Its name for people.
    package var name: String
    package var concepts: [String]

    package init(name: String, concepts: [String]) {
        digest = Digest("concept set", Digest(combining: concepts))
        self.name = name
        self.concepts = concepts
    }
}
