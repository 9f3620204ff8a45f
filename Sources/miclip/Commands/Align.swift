import Analysis
import ArgumentParser
import Workbench

struct Align: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Train the study's neuron encoder.",
        discussion: """
            Symmetric InfoNCE against the predicted label and against the image. Stops where held-out retrieval and \
            description are best; the same options on the same data are trained once.

            Example: miclip align --epochs 20 --seed 1
            """)

    @Option(help: "Passes over the probe images at most.") var epochs: Int?
    @Option(help: "Images a batch.") var batch: Int?
    @Option(help: "Peak learning rate of AdamW.") var rate: Float?
    @Option(help: "Temperature of the losses at the start.") var temperature: Float?
    @Flag(inversion: .prefixedNo, help: "Train the temperatures too.") var learnTemperature: Bool?
    @Option(help: "Epochs without a better validation score before stopping.") var patience: Int?
    @Option(help: "Seed of everything random.") var seed: UInt64?
    @OptionGroup var study: StudyOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        try requirePositive(epochs ?? 1, "--epochs")
        try requirePositive(patience ?? 1, "--patience")
        guard (batch ?? 2) > 1 else { throw ValidationError("--batch must be at least 2.") }
        guard (rate ?? 1) > 0, (temperature ?? 1) > 0 else {
            throw ValidationError("--rate and --temperature must be greater than 0.")
        }
    }

    func run() throws {
        let workbench = try study.open()
        var parameters = AlignmentParameters()
        parameters.epochs = epochs ?? parameters.epochs
        parameters.batch = batch ?? parameters.batch
        parameters.rate = rate ?? parameters.rate
        parameters.temperature = temperature ?? parameters.temperature
        parameters.learnsTemperature = learnTemperature ?? parameters.learnsTemperature
        parameters.patience = patience ?? parameters.patience
        parameters.seed = seed ?? parameters.seed
        let report = try withProgress { work in
            try workbench.extract(work)
            return try workbench.align(parameters, work)
        }
        try output.print(AlignmentDocument(report)) { report in
            let header = "epoch  L_out   L_in   held-out loss  retrieval  description"
            let rows = report.epochs.enumerated().map { index, epoch in
                "\(index + 1)".leftPadded(5) + "\(number(epoch.outputLoss, 3).leftPadded(7))"
                    + number(epoch.inputLoss, 3).leftPadded(7) + number(epoch.validation.loss, 3).leftPadded(15)
                    + number(epoch.validation.retrieval, 4).leftPadded(11)
                    + number(epoch.validation.description, 4).leftPadded(13) + (index == report.best ? "  kept" : "")
            }
            return ([header] + rows + ["\(number(report.seconds, 2)) s"]).joined(separator: "\n")
        }
    }
}
