import Analysis
import Cache
import Digests
import Foundation
import LinearAlgebra

extension TargetLayer {
    /// What an alignment found, for people and scripts.
    package struct AlignmentReport: Sendable, Codable {
        package var parameters: AlignmentParameters
        /// Of a training; the epoch whose weights were kept, from 0.
        package var epochs: [AlignmentEpoch] = []
        package var best = 0
        /// Of the closed form.
        package var chosen: ClosedFormTrial?
        package var trials: [ClosedFormTrial]?
        package var seconds = 0.0
    }

    /// Finds the neuron encoder and makes it the study's; the same parameters on the same data are not worked out twice.
    @discardableResult
    package func align(_ parameters: AlignmentParameters, _ work: Work = Work()) throws -> AlignmentReport {
        try select(parameters)
        let report = try train(parameters, work)
        // The first concept should not wait for it.
        if reader != .none { try studied().neurons.readAhead() }
        return report
    }

    /// Finds the neuron encoder of some parameters where that was not done; the study keeps its own.
    @discardableResult
    func train(_ parameters: AlignmentParameters, _ work: Work) throws -> AlignmentReport {
        guard let extraction = try extraction(of: probe) else { throw WorkbenchError.notExtracted(study: folder.path) }
        let key = try alignmentKey(parameters)
        if let known = try store.alignmentRun(key) {
            return try JSONDecoder().decode(AlignmentReport.self, from: known.report)
        }
        let clock = ContinuousClock()
        let began = clock.now
        let data = AlignmentData(
            activations: try pooled(extraction, of: probe), imageEmbeddings: try probeEmbeddings(),
            predictions: try predictions(extraction), classEmbeddings: try embedConcepts(classNames))
        var (weights, report) = try found(parameters, data, extraction, work)
        report.seconds = (clock.now - began) / .seconds(1)
        try store.store(
            AlignmentRun(
                key: key, units: weights.rows, width: weights.columns, weights: weights.values,
                report: JSONEncoder().encode(report)))
        return report
    }

    /// The encoder of some data by the method of the parameters.
    ///
    /// - Parameter units: whose activations these are, where not the layer's own.
    func found(
        _ parameters: AlignmentParameters, _ data: AlignmentData, _ extraction: Extraction, units: String = "neurons",
        _ work: Work
    ) throws -> (weights: Tensor, AlignmentReport) {
        var report = AlignmentReport(parameters: parameters)
        switch parameters.method {
        case .infoNCE:
            let alignment = try AlignmentTraining(data, parameters: parameters)
                .run(layer: hookPoint.name, isSigned: hookPoint.isSigned, observe: work.advance)
            guard alignment.epochs.allSatisfy(\.isFinite) else {
                throw WorkbenchError.diverged(layer: hookPoint.name, rate: parameters.rate)
            }
            (report.epochs, report.best) = (alignment.epochs, alignment.best)
            return (alignment.encoder.weights, report)
        case .closedForm:
            let solving = ClosedFormAlignment(data, logits: try logits(extraction, of: probe), parameters: parameters)
            guard
                let solved = try solving?
                    .run(
                        layer: hookPoint.name, isSigned: hookPoint.isSigned, observe: work.advance,
                        axes: { [self] in try remembered("\(units) \($0) \(parameters.validationShare)", $1) })
            else { throw WorkbenchError.notFinite(model: modelName, image: try probe.source.name) }
            (report.chosen, report.trials) = (solved.chosen, solved.trials)
            return (solved.encoder.weights, report)
        }
    }

    /// Axes that were made since `rememberingAxes` began, or made now: seeds, anchors and controls share them.
    private func remembered(
        _ key: String, _ make: () throws -> ClosedFormAxes?
    ) throws -> ClosedFormAxes? {
        if let known = axes.withLock({ $0?[key] }) { return known }
        let made = try make()
        axes.withLock { $0?[key] = made }
        return made
    }

    /// While `body` runs, what the closed form needs of the images is made once.
    func rememberingAxes<Result>(_ body: () throws -> Result) rethrows -> Result {
        axes.withLock { $0 = $0 ?? [:] }
        defer { axes.withLock { $0 = nil } }
        return try body()
    }

    /// The parameters the study's encoder is, or will be, found with.
    package func alignmentParameters() throws -> AlignmentParameters {
        guard let json = try store.document(named: parametersName) else { return standardAlignment }
        return try JSONDecoder().decode(AlignmentParameters.self, from: json)
    }

    /// What the encoder is found with where nothing else was asked for: trained where nobody's answers are there to solve
    /// it from.
    package var standardAlignment: AlignmentParameters {
        var parameters = AlignmentParameters()
        if reader == .none { parameters.method = .infoNCE }
        return parameters
    }

    private var parametersName: String {
        documentName("alignment parameters") + (otherReader.map { " by \($0.rawValue)" } ?? "")
    }

    private func select(_ parameters: AlignmentParameters) throws {
        guard try alignmentParameters() != parameters else { return }
        try store.keep(JSONEncoder().encode(parameters), as: parametersName)
    }

    /// Of all that the encoder's weights depend on.
    func alignmentKey(_ parameters: AlignmentParameters) throws -> Digest {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let json = (try? encoder.encode(parameters)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        return try Digest(
            "alignment", activationKey(of: probe), study.spaceFacts.digest,
            Digest(combining: study.templates.templates),
            Digest(combining: classNames), json, readerKey()?.description ?? "")
    }

    func neuronEncoder(_ parameters: AlignmentParameters) throws -> NeuronEncoder {
        guard let run = try store.alignmentRun(alignmentKey(parameters)) else {
            throw WorkbenchError.notAligned(study: folder.path)
        }
        return NeuronEncoder(
            layer: hookPoint.name, weights: Tensor([run.units, run.width], run.weights), isSigned: hookPoint.isSigned)
    }
}
