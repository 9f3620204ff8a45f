import Analysis
import Foundation

extension TargetLayer {
    /// How an autoencoder of so many features is trained where nothing else is said: 60 passes over the probe images, or 10 over
    /// a sample of their tokens.
    ///
    /// - Parameter tokens: how many of each image's tokens, at most those that it has; nil for its one pooled vector.
    /// - Throws: `tooFewFeatures` where there are not more than k.
    package func autoencoderParameters(
        _ features: FeatureCount, k: Int, tokens: TokenSampling? = nil, epochs: Int? = nil, batch: Int? = nil
    ) throws -> AutoencoderParameters {
        let facts = try layerFacts
        guard let count = features.count(of: facts.units), count > k, count <= 1 << 24 else {
            throw WorkbenchError.featureCount(features.description, k: k)
        }
        var parameters = AutoencoderParameters(features: count, k: k, steps: 1)
        parameters.tokens = tokens.map {
            TokenSampling(perImage: min($0.perImage, facts.tokens), pooling: $0.pooling)
        }
        let vectors = facts.probeImages * (parameters.tokens?.perImage ?? 1)
        parameters.batch = min(batch ?? parameters.batch, vectors)
        parameters.steps = (epochs ?? (tokens == nil ? 60 : 10)) * max(1, vectors / parameters.batch)
        parameters.deadAfter = vectors
        return parameters
    }

    /// Carries out long work on this layer, going on where an earlier run of the same stopped.
    package func carryOut(_ long: LongWork, _ work: Work) throws -> WorkDone {
        var changed: LayerReference?
        let summary: String
        switch long {
        case .create(let draft): return try Study.make(draft, work)
        case .extract(let name, let pooling):
            let before = Set(try study.layers().map(\.reference))
            var plan = plan
            plan.layers = [name]
            if let pooling { plan.pooling = pooling }
            try study.add(plan)
            let place = "\(name):\(pooling ?? plan.pooling)"
            let added = try study.layers().first { !before.contains($0.reference) }
            let layer = try added ?? study.layer(place, model: target.facts.location)
            let studied = try layer.prepare(work)
            summary =
                "\(layer.hookPoint.name) is in the study, \(grouped(studied.encoder.count)) units, aligned; L goes there"
        case .align(let method, let seed):
            var parameters = standardAlignment
            (parameters.method, parameters.seed) = (method, seed)
            try extract(work)
            let report = try align(parameters, work)
            changed = reference
            summary =
                report.chosen.map { "α \(Self.short($0.balance)), λ \(Self.short($0.shrinkage))" }
                ?? "trained; of \(report.epochs.count) epochs number \(report.best + 1) was best and is kept"
        case .train(let features, let k, let seed):
            try extract(work)
            var parameters = try autoencoderParameters(features, k: k)
            parameters.seed = seed
            summary = Self.summary(try trainAutoencoder(parameters, work))
            try alignFeatures(work)
            changed = reference
        case .import(let path):
            try extract(work)
            let report = try importAutoencoder(URL(filePath: path), work)
            let isPoor = report.explainedVariance < AutoencoderNotice.poorVariance
            summary = Self.summary(report) + (isPoor ? ": off its distribution" : "")
            try alignFeatures(work)
            changed = reference
        }
        return WorkDone(summary: summary, layers: try study.layerFacts(), changes: changed)
    }

    private func alignFeatures(_ work: Work) throws { _ = try prepare(work, features: true) }

    private static func summary(_ report: AutoencoderReport) -> String {
        "\(report.features) features, explained variance \(number(report.explainedVariance, 3)), "
            + "\(number(100 * report.deadShare, 1)) % dead"
    }

    private static func short(_ value: Float) -> String { String(format: "%.3g", value) }
}
