import Analysis
import ArgumentParser
import Foundation
import Workbench

struct SAE: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sae",
        abstract: "Train, import or export the sparse autoencoder whose features are a study's units.",
        discussion: """
            Afterwards, locate, describe, intervene and evaluate take --units features.

            Example: miclip sae train --features 8x --k 16
            """,
        subcommands: [SAETrain.self, SAEImport.self, SAEExport.self])
}

struct SAETrain: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train a k-sparse autoencoder on the probe images' activations.",
        discussion: """
            An interrupted training goes on where it stopped. The same options on the same data are trained once.

            Example: miclip sae train --features 8x --k 16
            """)

    @Option(
        help: ArgumentHelp("How many features: a number, or a multiple of the layer's units as in 8x.", valueName: "n"))
    var features = FeatureCount.multiple(8)
    @Option(help: "Features active on an image.") var k = 16
    @Flag(help: "Let images have more or fewer active features, k on average.") var batchTopK = false
    @Option(help: "Passes over the probe images (default 60).") var epochs: Int?
    @Option(help: "Steps of Adam, instead of --epochs.") var steps: Int?
    @Option(help: "Images a step.") var batch: Int?
    @Option(help: "Learning rate of Adam.") var rate: Float?
    @Option(help: "Seed of everything random.") var seed: UInt64 = 0
    @OptionGroup var study: StudyOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try requirePositive(k, "--k")
        try requirePositive(batch ?? 1, "--batch")
        try requirePositive(epochs ?? 1, "--epochs")
        try requirePositive(steps ?? 1, "--steps")
        guard epochs == nil || steps == nil else { throw ValidationError("Give either --epochs or --steps.") }
        guard (rate ?? 1) > 0 else { throw ValidationError("--rate must be greater than 0.") }
    }

    func run() throws {
        let workbench = try study.open()
        try warn(ofAssumptionsIn: workbench)
        let report = try withProgress { work in
            try workbench.extract(work)
            return try workbench.trainAutoencoder(parameters(for: workbench), work)
        }
        try output.print(AutoencoderDocument(report), text: SAEWording.report)
    }

    private func parameters(for workbench: TargetLayer) throws -> AutoencoderParameters {
        var parameters = try workbench.autoencoderParameters(features, k: k, epochs: epochs ?? 60, batch: batch)
        parameters.steps = steps ?? parameters.steps
        parameters.isBatchTopK = batchTopK
        parameters.rate = rate ?? parameters.rate
        parameters.seed = seed
        return parameters
    }
}

struct SAEImport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Take a sparse autoencoder trained elsewhere.",
        discussion: """
            Files as they are published: SAELens (cfg.json, sae_weights.safetensors), Prisma (config.json beside the weights, or \
            one .pt), saev (sae.pt) and PatchSAE (.pt); OpenAI's saved as safetensors. Of a pickle the tensors and plain \
            settings are read; nothing in it is run.

            Example: miclip sae import my-sae --study deep.study
            """)

    @Argument(help: "Its folder, or its file.") var path: String
    @Option(help: "k of an OpenAI file that does not tell it.") var k: Int?
    @Flag(help: "Take it though it was trained on another hook point.") var anyHookPoint = false
    @OptionGroup var study: StudyOptions
    @OptionGroup var output: OutputOptions

    func validate() throws { try requirePositive(k ?? 1, "--k") }

    func run() throws {
        let workbench = try study.open()
        try warn(ofAssumptionsIn: workbench)
        let report = try withProgress { work in
            try workbench.extract(work)
            return try workbench.importAutoencoder(
                URL(filePath: path), topK: k, ignoresHookPoint: anyHookPoint
            ) { tensors in
                warn("\(path): has tensors that do nothing, which were let be: \(Wording.list(tensors))")
            }
        }
        try output.print(AutoencoderDocument(report), text: SAEWording.report)
    }
}

struct SAEExport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write the study's sparse autoencoder in SAELens layout.",
        discussion: "Example: miclip sae export --output my-sae")

    @Option(help: ArgumentHelp("The folder to write.", valueName: "dir")) var output: String
    @OptionGroup var study: StudyOptions
    @OptionGroup var document: OutputOptions

    func run() throws {
        let files = try study.open().exportAutoencoder(to: URL(filePath: output))
        try document.print(WrittenDocument(output: output, files: files)) { _ in
            "\(output): \(files.joined(separator: " and ")) are written"
        }
    }
}

/// A number of features: itself, or a multiple of the layer's units.
extension FeatureCount: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
    public var defaultValueDescription: String { description }
}

enum SAEWording {
    static func report(_ report: AutoencoderDocument) -> String {
        var lines = ["features            \(report.features)"]
        if let k = report.k { lines.append("k                   \(k)") }
        lines += [
            "explained variance  \(number(100 * report.explainedVariance, 2)) % of the held-out images' activations",
            "L0                  \(number(report.l0, 2)) features an image",
            "dead                \(number(100 * report.deadShare, 2)) % of the features",
            "time                \(number(report.seconds, 2)) s",
        ]
        return lines.joined(separator: "\n")
    }
}
