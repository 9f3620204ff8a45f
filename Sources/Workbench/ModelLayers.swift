import Foundation
import VisionModels

/// A model's hook points, for people and scripts.
package struct ModelLayers: Sendable, Codable {
    package struct Layer: Sendable, Codable {
        package var layer: String
        package var units: Int
        package var tokens: Int
        package var isSigned: Bool
        /// Whether the rest of the network is linear in the class token's units, so that accuracy curves are exact.
        package var isLinearToLogits: Bool
    }

    package var model: String
    package var architecture: String
    package var layers: [Layer]
    /// What the model takes for granted.
    package var assumptions: [ModelAssumption]

    /// Loads the model `text` names: a folder, a file or `org/repo`.
    package init(of text: String) throws {
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
