import ArgumentParser
import Foundation
import VisionModels
import Workbench

struct Activations: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a layer's activations on images to a NumPy file.",
        discussion: """
            Rows are float32 in the order given: [images, units], or [images, tokens, units] without pooling.

            Example:
              miclip activations SampleData/target-vit photos/ --hook blocks.2 --pooling none --output a.npy
            """)

    @OptionGroup var model: ModelOptions
    @OptionGroup var images: ImageOptions
    @Option(help: "A hook point of `miclip layers`.") var hook: String
    @Option(help: "How tokens become one vector: cls, mean, max, or none to keep them.") var pooling: String
    @Option(help: ArgumentHelp("The .npy file to write.", valueName: "file"), completion: .file()) var output: String
    @OptionGroup var document: OutputOptions

    func run() throws {
        let run = try ActivationRun(model.choice())
        warn(of: run.assumptions, in: model.model)
        let images = try images.open()
        let shape = try withProgress {
            try run.writeActivations(of: images, hook: hook, pooling: pooling, to: URL(filePath: output), $0)
        }
        try document.print(WrittenDocument(output: output, type: "float32", shape: shape)) { _ in
            "\(output): float32 \(shape)"
        }
    }
}
