import Digests
import Foundation

/// A target model of the study.
public struct TargetRecord: Sendable, Hashable {
    /// Row number; nil before it is stored.
    public var id: Int64?
    /// Its name, which no other target model of the study has.
    public var name: String
    /// What is known of it: UTF-8 JSON, in a form that is the caller's own.
    public var json: Data

    public init(id: Int64? = nil, name: String, json: Data) {
        self.id = id
        self.name = name
        self.json = json
    }
}

/// A layer of a target model.
public struct LayerRecord: Sendable, Hashable {
    /// Row number; nil before it is stored. Layers are in the order of these.
    public var id: Int64?
    /// The target model's row number.
    public var target: Int64
    /// The hook point's name.
    public var hookPoint: String
    /// The pooling's name.
    public var pooling: String
    /// What is known of it: UTF-8 JSON, in a form that is the caller's own.
    public var json: Data

    public init(id: Int64? = nil, target: Int64, hookPoint: String, pooling: String, json: Data) {
        self.id = id
        self.target = target
        self.hookPoint = hookPoint
        self.pooling = pooling
        self.json = json
    }
}

/// A list of concepts that units are described with.
public struct ConceptSetRecord: Sendable, Hashable {
    /// Of the concepts, in order.
    public var digest: Digest
    /// Its name for people.
    public var name: String
    public var concepts: [String]

    public init(name: String, concepts: [String]) {
        digest = Digest("concept set", Digest(combining: concepts))
        self.name = name
        self.concepts = concepts
    }
}
