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
            return try self.logits(extraction)
        }
        let remainder = Once { [self] in Remainder(of: self, in: try model) }
        guard place.remainder != .resumed else { return resumedAnswers(probe, logits: logits) }
        let answers = ProbeAnswers(logits: logits, probe: probe) { [hookPoint] activations, logits, predictions in
            switch try remainder.value {
            case .linear(let rest): rest.gradients(activations, logits: logits, predictions: predictions)
            case .normalized(let rest): rest.gradients(activations, logits: logits, predictions: predictions)
            case .resumed, .none: throw WorkbenchError.noAttribution(layer: hookPoint.name)
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

    /// The scores of all neurons for all classes, which need the model but once.
    private func keptAttribution(_ probe: ProbeActivations, _ compute: () throws -> Tensor) throws -> Tensor {
        let images = try self.probe
        let key = Digest("attribution 1", activationKey(of: images), outputFile(of: images).key, target.facts.digest)
        let shape = [classNames.count, probe.unitCount]
        if let kept = try study.keptTensors(key)?["attribution"], kept.shape == shape { return kept }
        let scores = try compute()
        study.keep(["attribution": scores], key)
        return scores
    }
}

extension StudiedLayer {
    /// Goes the way back through the model, where a ranking needs it and it was not gone: so that progress shows and it can be
    /// stopped.
    func prepare(_ ranking: Ranking, _ work: Work) throws {
        guard ranking == .attribution, target.place.remainder == .resumed else { return }
        guard target.place.isDifferentiable else { throw WorkbenchError.noAttribution(layer: encoder.layer) }
        _ = try target.answerGradients(work)
    }
}
