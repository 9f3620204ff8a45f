import Analysis
import Digests
import LinearAlgebra
import VisionModels

extension TargetLayer {
    /// How the model's answers on the probe images hang on the layer. Models are loaded where something is asked of them that
    /// is not kept.
    func probeAnswers(_ probe: ProbeActivations) -> ProbeAnswers {
        let logits = Once { [self] in
            guard let extraction = try extraction(of: self.probe) else { throw notExtracted }
            return try self.logits(extraction, of: self.probe)
        }
        // Gradients of a layer that was computed elsewhere may have come with it.
        let isGiven = reader.isImported && place.isDifferentiable
        guard self.remainder != .none || isGiven else {
            return ProbeAnswers(
                logits: logits, gradients: { [noAttribution] _ in throw noAttribution },
                attribution: Once { [noAttribution] in throw noAttribution }, isDifferentiable: false)
        }
        // Over the study's own classes, whichever are counted.
        let remainder = Once { [self] in
            try reader == .model ? Remainder(of: self, in: model) : Remainder(of: self)
        }
        guard self.remainder != .resumed, !isGiven else { return resumedAnswers(probe, logits: logits) }
        let answers = ProbeAnswers(logits: logits, probe: probe) { [noAttribution] activations, logits, predictions in
            switch try remainder.value {
            case .linear(let rest): rest.gradients(activations, logits: logits, predictions: predictions)
            case .normalized(let rest): rest.gradients(activations, logits: logits, predictions: predictions)
            case .resumed, .none: throw noAttribution
            }
        }
        return ProbeAnswers(
            logits: logits, gradients: answers.gradients,
            attribution: Once { [self] in try keptAttribution(probe) { try answers.attribution.value } })
    }

    /// Of a layer that more of the network follows: the way back is gone once for each image, and kept.
    private func resumedAnswers(_ probe: ProbeActivations, logits: Once<Tensor>) -> ProbeAnswers {
        let kept = Once { [self] in try answerGradients(Work()) }
        let units = probe.unitCount
        return ProbeAnswers(
            logits: logits, gradients: { range in try kept.value.rows(range).columns(at: Array(0..<units)) },
            attribution: Once { [self] in
                try keptAttribution(probe) {
                    try probe.means(
                        ofClasses: classNames.count,
                        of: { range in
                            try kept.value.rows(range).columns(at: Array(units..<2 * units))
                        })
                }
            }, isDifferentiable: place.isDifferentiable)
    }

    /// What neurons say of the classes that the model takes each class's images for, by the encoder of some parameters.
    func keptRivals(
        _ encoder: NeuronEncoder, _ probe: ProbeActivations, _ answers: ProbeAnswers, _ classes: ConceptSet,
        _ parameters: AlignmentParameters
    ) throws -> Tensor {
        try keptByClass("rivals", probe, encoder: alignmentKey(parameters)) {
            try probe.rivals(encoder.weights, answers, classes: classes.embeddings)
        }
    }

    /// The scores of all neurons for all classes, which need the model but once.
    private func keptAttribution(_ probe: ProbeActivations, _ compute: () throws -> Tensor) throws -> Tensor {
        try keptByClass("attribution", probe, compute)
    }

    /// What the model's answers on the probe images give of every neuron for every class, kept with the study:
    /// [classes, units]
    private func keptByClass(
        _ name: String, _ probe: ProbeActivations, encoder: Digest? = nil, _ compute: () throws -> Tensor
    ) throws -> Tensor {
        let images = try self.probe
        let key = try Digest(
            "\(name) 1", activationKey(of: images), answersKey(of: images), target.facts.digest,
            encoder?.description ?? "")
        let shape = [classNames.count, probe.unitCount]
        if let kept = try study.keptTensors(key)?[name], kept.shape == shape { return kept }
        let values = try compute()
        study.keep([name: values], key)
        return values
    }
}

extension TargetLayer {
    var noAttribution: WorkbenchError { .noAttribution(layer: hookPoint.name) }
}

extension StudiedLayer {
    /// Goes the way back through the model, where a ranking needs it and it was not gone: so that progress shows and it can be
    /// stopped.
    func prepare(_ ranking: Ranking, _ work: Work) throws {
        if ranking == .rivals, target.reader == .none { throw target.noAnswers }
        guard ranking == .attribution else { return }
        guard target.otherReader != nil || target.place.isDifferentiable else { throw target.noAttribution }
        guard target.remainder == .resumed else { return }
        _ = try target.answerGradients(work)
    }
}
