import Analysis
import Digests
import Foundation
import LinearAlgebra
import VisionModels

/// The linear head that reads a layer, and how it was found where it was found here.
struct ReadingHead: Sendable {
    /// logits = V a + b
    var linear: LinearRemainder
    var report: ProbeHeadReport?
}

extension TargetLayer {
    /// Who says which class an image is.
    package var reader: LayerReader { otherReader ?? place.reader }

    /// What follows the layer, for whoever reads it.
    var remainder: RemainderKind { otherReader?.remainder ?? place.remainder }

    /// The same layer as another reader would answer: a probe head, or whom it has by itself.
    ///
    /// - Throws: `noProbeLabels` where no probe head can be fitted.
    package func reading(by reader: LayerReader) throws -> TargetLayer {
        guard reader != self.reader else { return self }
        guard try reader != .probe || probeClasses() != nil else { throw noProbeLabels }
        return try TargetLayer(
            study: study, target: target, place: place, images: otherImages, words: nil, reader: reader)
    }

    /// Whether a probe head may be asked: the probe images are labelled. Whether as classes of the model is found out then.
    var offersProbeHead: Bool { ((try? probe.labels) ?? nil) != nil && classNames.count > 1 }

    /// How its probe head was found; nil where it has none, or where that was not fitted yet.
    func keptProbeHeadReport() throws -> ProbeHeadReport? {
        guard reader == .probe, let key = try readerKey(), let json = try store.document(named: Self.document(key)),
            try study.keptTensors(key) != nil
        else { return nil }
        return try JSONDecoder().decode(ProbeHeadReport.self, from: json)
    }

    private static func document(_ key: Digest) -> String { "probe head \(key)" }

    /// Of what decides the answers beside the activations; nil where the model gives them.
    func readerKey() throws -> Digest? {
        switch reader {
        case .model, .given, .predicted: nil
        case .probe:
            try Digest(
                "probe head 1", activationKey(of: probe),
                Digest(combining: (probeClasses() ?? []).map(String.init)), Digest(combining: classNames))
        case .head: Digest("head", place.head?.digest.description ?? "")
        case .none: try Digest("concepts", study.spaceFacts.digest, Digest(combining: classNames))
        }
    }

    /// The head, read or fitted when it is first needed; nil where the model answers, or nobody.
    ///
    /// - Throws: `noProbeLabels`, and what is wrong with a head's file.
    func readingHead(_ work: Work = Work()) throws -> ReadingHead? {
        switch reader {
        case .model, .given, .predicted, .none: return nil
        case .probe, .head: break
        }
        return try head.withLock { known in
            if let known { return known }
            let found = try reader == .probe ? fittedHead(work) : keptHead()
            known = found
            return found
        }
    }

    var noProbeLabels: WorkbenchError {
        .noProbeLabels(images: (try? probe.facts.place) ?? folder.path, layer: hookPoint.name)
    }

    // MARK: A probe head

    private func fittedHead(_ work: Work) throws -> ReadingHead {
        guard let key = try readerKey(), let labels = try probeClasses(), classNames.count > 1 else {
            throw noProbeLabels
        }
        let units = hookPoint.width
        if let report = try keptProbeHeadReport(), let tensors = try study.keptTensors(key),
            let weights = tensors["weight"], let bias = tensors["bias"], weights.shape == [classNames.count, units],
            bias.shape == [classNames.count]
        {
            return ReadingHead(
                linear: LinearRemainder(weights: weights, bias: bias.values), report: report)
        }
        guard let extraction = try extraction(of: probe) else { throw notExtracted }
        let meter = RateMeter(.head, from: 0, to: 0)
        let fitted = try ProbeHead.fit(
            activations: pooled(extraction, of: probe), labels: labels, classes: classNames.count
        ) { try work.advance(meter.progress($0)) }
        let bias = Tensor([fitted.bias.count], fitted.bias)
        study.keep(["weight": fitted.weights, "bias": bias], key)
        if !store.isReadOnly { try? store.keep(JSONEncoder().encode(fitted.report), as: Self.document(key)) }
        return ReadingHead(
            linear: LinearRemainder(weights: fitted.weights, bias: fitted.bias), report: fitted.report)
    }

    // MARK: A head of a file

    /// From the study, or from the file again where the study lost it.
    private func keptHead() throws -> ReadingHead {
        guard let place = place.head else { throw noAnswers }
        let key = Digest("head file", place.digest.description)
        if let tensors = try study.keptTensors(key), let weight = tensors["weight"], let bias = tensors["bias"] {
            return ReadingHead(linear: LinearRemainder(weights: weight, bias: bias.values), report: nil)
        }
        let file = try HeadFile(URL(filePath: place.file), units: hookPoint.width, classes: classNames.count)
        guard file.digest == place.digest else {
            throw WorkbenchError.changedModel(place.file, study: folder.path)
        }
        study.keep(file)
        return ReadingHead(linear: LinearRemainder(weights: file.weight, bias: file.bias), report: nil)
    }
}

extension Study {
    /// Keeps a head that was read from a file.
    func keep(_ head: HeadFile) {
        keep(
            ["weight": head.weight, "bias": Tensor([head.bias.count], head.bias)],
            Digest("head file", head.digest.description))
    }
}
