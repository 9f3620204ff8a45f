import Analysis
import Workbench

/// JSON of `align`.
struct AlignmentDocument: Encodable {
    struct Parameters: Encodable {
        var method: String
        var balance: Float?
        var shrinkage: Float?
        var epochs: Int
        var batch: Int
        var rate: Float
        var initialDeviation: Float
        var temperature: Float
        var learnsTemperature: Bool
        var validationShare: Float
        var patience: Int
        var seed: UInt64
        var outputWeight: Float
        var inputWeight: Float
    }

    struct Epoch: Encodable {
        var outputLoss: Float
        var inputLoss: Float
        var validation: Validation
        var outputTemperature: Float
        var inputTemperature: Float
    }

    struct Validation: Encodable {
        var loss: Float
        var retrieval: Float
        var description: Float
    }

    /// A choice of α and λ of the closed form.
    struct Trial: Encodable, Equatable {
        var balance: Float
        var shrinkage: Float
        var answers: Float
        var description: Float

        init(_ trial: ClosedFormTrial) {
            (balance, shrinkage) = (trial.balance, trial.shrinkage)
            (answers, description) = (trial.answers, trial.description)
        }
    }

    var parameters: Parameters
    var epochs: [Epoch]
    /// The epoch that was kept, from 0.
    var best: Int
    /// Of the closed form: the choice that was kept, and all.
    var chosen: Trial?
    var trials: [Trial]?
    var seconds: Double

    init(_ report: TargetLayer.AlignmentReport) {
        let given = report.parameters
        parameters = Parameters(
            method: given.method.rawValue, balance: given.balance, shrinkage: given.shrinkage, epochs: given.epochs,
            batch: given.batch, rate: given.rate, initialDeviation: given.initialDeviation,
            temperature: given.temperature, learnsTemperature: given.learnsTemperature,
            validationShare: given.validationShare, patience: given.patience, seed: given.seed,
            outputWeight: given.outputWeight, inputWeight: given.inputWeight)
        epochs = report.epochs.map { epoch in
            let held = epoch.validation
            return Epoch(
                outputLoss: epoch.outputLoss, inputLoss: epoch.inputLoss,
                validation: Validation(loss: held.loss, retrieval: held.retrieval, description: held.description),
                outputTemperature: epoch.outputTemperature, inputTemperature: epoch.inputTemperature)
        }
        (best, seconds) = (report.best, report.seconds)
        (chosen, trials) = (report.chosen.map(Trial.init), report.trials?.map(Trial.init))
    }
}
