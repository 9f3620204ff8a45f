import Workbench

/// JSON of `layers`.
struct HookPointsDocument: Encodable {
    struct Layer: Encodable {
        var layer: String
        var units: Int
        var tokens: Int
        var isSigned: Bool
        var isLinearToLogits: Bool
    }

    var model: String
    var architecture: String
    var layers: [Layer]
    /// What no file beside the weights says, in words.
    var assumed: [String]

    init(_ model: ModelLayers) {
        (self.model, architecture) = (model.model, model.architecture)
        layers = model.layers.map {
            Layer(
                layer: $0.layer, units: $0.units, tokens: $0.tokens, isSigned: $0.isSigned,
                isLinearToLogits: $0.isLinearToLogits)
        }
        assumed = model.assumptions.map(AssumptionWording.words)
    }
}
