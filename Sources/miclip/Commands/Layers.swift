import ArgumentParser
import Foundation
import Workbench

struct Layers: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List a model's hook points.",
        discussion: "Example: miclip layers SampleData/target-vit")

    @Argument(
        help: "The model: a folder, a file, or a model in Hugging Face's or PyTorch's cache.", completion: .file())
    var model: String
    @OptionGroup var output: OutputOptions

    func run() throws {
        let layers = try ModelLayers(of: model)
        warn(of: layers.assumptions, in: model)
        try output.print(HookPointsDocument(layers)) { layers in
            let rows = layers.layers.map { layer in
                layer.layer.padded(16) + "\(layer.units)".leftPadded(6) + "\(layer.tokens)".leftPadded(8)
                    + "   " + (layer.isSigned ? "+/-" : "+")
                    + (layer.isLinearToLogits ? "   linear to the logits" : "")
            }
            return (["\(layers.model): \(layers.architecture)", "layer           units  tokens   poles"] + rows)
                .joined(separator: "\n")
        }
    }
}
