import Analysis
import ArgumentParser
import Workbench

struct Align: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Find the study's neuron encoder.",
        discussion: """
            closed-form, the default, solves it from the model's whole answer and the image, as \(Self.formula); \
            α and λ are those that predict logits and, twice as much, describe units best on probe images held back. \
            infonce trains it by the paper's loss, against the predicted label and against the image, and stops where \
            retrieval and description are best on images held back. Features are always trained, and so are layers that nobody \
            classifies. The same options on the same data are worked out once.

            Example: miclip align --method infonce --epochs 20 --seed 1
            """)

    private static let formula = "min α ‖A W Cᵀ - L‖² + ‖A W - E‖² + λ ‖W‖²"

    @Option(help: "closed-form or infonce (the paper's).") var method: AlignmentMethod?
    @Option(help: "α of the closed form, instead of the best one.") var balance: Float?
    @Option(help: "λ of the closed form, in mean eigenvalues, instead of the best one.") var shrinkage: Float?
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
        try requirePositive(batch ?? 2, "--batch")
        guard (balance ?? 0) >= 0, (balance ?? 0).isFinite else {
            throw ValidationError("--balance must be a finite number that is not negative.")
        }
        for (value, option) in [(shrinkage, "--shrinkage"), (rate, "--rate"), (temperature, "--temperature")] {
            try requirePositive(value ?? 1, option)
        }
    }

    func run() throws {
        let workbench = try study.open()
        try warn(ofAssumptionsIn: workbench)
        var parameters = workbench.standardAlignment
        parameters.method = method ?? parameters.method
        (parameters.balance, parameters.shrinkage) = (balance, shrinkage)
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
        try output.print(AlignmentDocument(report)) { _ in
            if let chosen = report.chosen, let trials = report.trials {
                return Self.table(trials, chosen, report.seconds)
            }
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

    /// The best trials of the closed form.
    private static func table(
        _ trials: [ClosedFormTrial], _ chosen: ClosedFormTrial, _ seconds: Double
    ) -> String {
        let best = trials.sorted { $0.score > $1.score }
        let rows = best.prefix(8).map { trial in
            number(trial.balance, 2).leftPadded(7) + number(trial.shrinkage, 2).leftPadded(8)
                + number(trial.answers, 4).leftPadded(9) + number(trial.description, 4).leftPadded(13)
                + (trial == chosen ? "  kept" : "")
        }
        return (["      α       λ  answers  description"] + rows + ["\(number(seconds, 2)) s"]).joined(separator: "\n")
    }
}
