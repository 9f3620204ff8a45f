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
        abstract: "Train a k-sparse autoencoder on the probe images' activations, or on their tokens.",
        discussion: """
            An interrupted training goes on where it stopped. The same options on the same data are trained once.

            With --tokens it is trained on tokens of every probe image, drawn by --seed from all that the layer has (class \
            token, registers and patches alike) and kept in the study; they come from the study where it keeps tokens, else \
            from one forward pass. Every token of an image is then encoded, and an image's code is the maximum or the mean \
            of its tokens'. An intervention changes the code at every token and keeps what the autoencoder does not \
            rebuild; the rest of the model is run from there.

            Examples:
              miclip sae train --features 8x --k 16
              miclip sae train --tokens --layer blocks.2 --tokens-per-image 16 --pooling max
            """)

    @Option(
        help: ArgumentHelp("How many features: a number, or a multiple of the layer's units as in 8x.", valueName: "n"))
    var features = FeatureCount.multiple(8)
    @Option(help: "Features active on an image.") var k = 16
    @Flag(help: "Let images have more or fewer active features, k on average.") var batchTopK = false
    @Flag(help: "Train on tokens of the images instead of one vector each.") var tokens = false
    @Option(help: "Different tokens of each image, with --tokens (default 16).") var tokensPerImage: Int?
    @Option(help: "How codes of tokens become an image's: max or mean (default max).") var pooling: CodePooling?
    @Option(help: "Passes over the probe images (default 60; of tokens 10).") var epochs: Int?
    @Option(help: "Steps of Adam, instead of --epochs.") var steps: Int?
    @Option(help: "Images or tokens a step.") var batch: Int?
    @Option(help: "Learning rate of Adam.") var rate: Float?
    @Option(help: "Seed of everything random.") var seed: UInt64 = 0
    @OptionGroup var study: StudyOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try requirePositive(k, "--k")
        try requirePositive(batch ?? 1, "--batch")
        try requirePositive(epochs ?? 1, "--epochs")
        try requirePositive(steps ?? 1, "--steps")
        try requirePositive(tokensPerImage ?? 1, "--tokens-per-image")
        guard tokens || tokensPerImage == nil && pooling == nil else {
            throw ValidationError("--tokens-per-image and --pooling go with --tokens.")
        }
        guard epochs == nil || steps == nil else { throw ValidationError("Give either --epochs or --steps.") }
        try requirePositive(rate ?? 1, "--rate")
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
        let sampling = tokens ? TokenSampling(perImage: tokensPerImage ?? 16, pooling: pooling ?? .max) : nil
        var parameters = try workbench.autoencoderParameters(
            features, k: k, tokens: sampling, epochs: epochs, batch: batch)
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

            One that says it was trained on patches or tokens is applied to every token of an image, and the image's code is \
            the maximum of theirs; --pooling and --images choose otherwise. What is off its distribution is said: another kind \
            of vectors, another norm, little of the variance explained.

            Examples:
              miclip sae import my-sae --study deep.study
              miclip sae import sae.pt --pooling mean --study deep.study --layer blocks.10
            """)

    @Argument(help: "Its folder, or its file.", completion: .file()) var path: String
    @Option(help: "k of an OpenAI file that does not tell it.") var k: Int?
    @Option(help: "Apply it to every token, an image's code being the max or mean of theirs.") var pooling: CodePooling?
    @Flag(help: "Apply it to the one vector that the layer's pooling makes of an image.") var images = false
    @Flag(help: "Take it though it was trained on another hook point.") var anyHookPoint = false
    @OptionGroup var study: StudyOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try requirePositive(k ?? 1, "--k")
        guard !images || pooling == nil else { throw ValidationError("Give either --pooling or --images.") }
    }

    func run() throws {
        let workbench = try study.open()
        try warn(ofAssumptionsIn: workbench)
        let report = try withProgress { work in
            try workbench.extract(work)
            return try workbench.importAutoencoder(
                URL(filePath: path), topK: k, use: images ? .images : pooling.map(AutoencoderUse.tokens),
                ignoresHookPoint: anyHookPoint, noticing: { warn("\(path): " + SAEWording.notice($0)) }, work)
        }
        try output.print(AutoencoderDocument(report), text: SAEWording.report)
    }
}

struct SAEExport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write the study's sparse autoencoder in SAELens layout.",
        discussion: "Example: miclip sae export --output my-sae")

    @Option(help: ArgumentHelp("The folder to write.", valueName: "dir"), completion: .directory) var output: String
    @OptionGroup var study: StudyOptions
    @OptionGroup var document: OutputOptions

    func run() throws {
        let files = try study.open().exportAutoencoder(to: URL(filePath: output))
        try document.print(WrittenDocument(output: output, files: files)) { _ in
            "\(output): \(files.joined(separator: " and ")) are written"
        }
    }
}

extension CodePooling: ExpressibleByArgument {}

/// A number of features: itself, or a multiple of the layer's units.
extension FeatureCount: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
    public var defaultValueDescription: String { description }
}

enum SAEWording {
    static func report(_ report: AutoencoderDocument) -> String {
        let vectors = report.isOfTokens ? "images' tokens" : "images' activations"
        var lines = ["features            \(report.features)"]
        if let k = report.k { lines.append("k                   \(k)") }
        lines += [
            "explained variance  \(number(100 * report.explainedVariance, 2)) % of the held-out \(vectors)",
            "L0                  \(number(report.l0, 2)) features \(report.isOfTokens ? "a token" : "an image")",
            "dead                \(number(100 * report.deadShare, 2)) % of the features",
            "time                \(number(report.seconds, 2)) s",
        ]
        if report.isOfTokens {
            let pooling = report.pooling == CodePooling.max.rawValue ? "maximum" : report.pooling
            lines.insert("an image's code     the \(pooling) of its tokens'", at: 1)
        }
        return lines.joined(separator: "\n")
    }

    static func notice(_ notice: AutoencoderNotice) -> String {
        switch notice {
        case .idleTensors(let names): "has tensors that do nothing, which were let be: \(Wording.list(names))"
        case .otherInputs(let trained, let applied):
            "was trained on \(trained) and is applied to \(applied), which is off its distribution"
        case .otherNorm(let trained, let found):
            "was trained on vectors of mean length \(number(trained, 2)); here it is \(number(found, 2))"
        case .poor(let variance):
            "explains \(number(100 * variance, 1)) % of the variance here: it is off its distribution, or of another layer"
        case .negativeCodes(let k, let l0):
            "saev keeps codes below zero where fewer than \(k) are above; here \(number(l0, 2)) are active, and those are none"
        }
    }
}
