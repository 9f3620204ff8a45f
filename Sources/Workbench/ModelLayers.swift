import Foundation
import VisionModels

/// A model's hook points, for people and scripts.
public struct ModelLayers: Sendable, Codable {
    public struct Layer: Sendable, Codable {
        public var layer: String
        public var units: Int
        public var tokens: Int
        public var isSigned: Bool
        /// Whether the rest of the network is linear in the class token's units, so that accuracy curves are exact.
        public var isLinearToLogits: Bool
    }

    public var model: String
    public var architecture: String
    public var layers: [Layer]
    /// What the model takes for granted.
    public var assumptions: [ModelAssumption]

    /// Loads the model `text` names: a folder, a file or `org/repo`.
    public init(of text: String) throws {
        let loaded = try ActivationRun(TargetModelChoice(text))
        model = loaded.name
        architecture = loaded.architecture
        assumptions = loaded.assumptions
        layers = loaded.hookPoints.map { point in
            Layer(
                layer: point.name, units: point.width, tokens: point.tokens, isSigned: point.isSigned,
                isLinearToLogits: loaded.isLinear(after: point))
        }
    }
}
