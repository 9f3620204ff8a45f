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
            return try target.facts.outputPoint == nil ? extraction.outputs : self.logits(extraction, of: model)
        }
        let remainder = Once { [self] in Remainder(of: self, in: try model) }
        let answers = ProbeAnswers(logits: logits, probe: probe) { [self] activations, logits, predictions in
            switch try remainder.value {
            case .linear(let rest): rest.gradients(activations, logits: logits, predictions: predictions)
            case .normalized(let rest): rest.gradients(activations, logits: logits, predictions: predictions)
            case .resumed, .none: throw WorkbenchError.noAttribution(layer: hookPoint.name)
            }
        }
        return ProbeAnswers(
            logits: logits, gradients: answers.gradients,
            attribution: Once { [self] in try keptAttribution(probe) { try answers.attribution.value } },
            isDifferentiable: place.remainder != .resumed)
    }

    /// The scores of all neurons for all classes, which need the model but once.
    private func keptAttribution(_ probe: ProbeActivations, _ compute: () throws -> Tensor) throws -> Tensor {
        let images = try self.probe
        let key = Digest(
            "attribution 1", activationKey(of: images), outputFile(of: images).key, target.facts.digest)
        let shape = [classNames.count, probe.unitCount]
        if let kept = try study.keptTensors(key)?["attribution"], kept.shape == shape { return kept }
        let scores = try compute()
        study.keep(["attribution": scores], key)
        return scores
    }
}
