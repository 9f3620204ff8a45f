import Analysis
import Foundation

extension TargetLayer {
    /// How an autoencoder of so many features is trained where nothing else is said: 60 passes over the probe images.
    ///
    /// - Throws: `tooFewFeatures` where there are not more than k.
    package func autoencoderParameters(
        _ features: FeatureCount, k: Int, epochs: Int = 60, batch: Int? = nil
    ) throws -> AutoencoderParameters {
        let facts = try layerFacts
        guard let count = features.count(of: facts.units), count > k, count <= 1 << 24 else {
            throw WorkbenchError.featureCount(features.description, k: k)
        }
        var parameters = AutoencoderParameters(features: count, k: k, steps: 1)
        parameters.batch = min(batch ?? parameters.batch, facts.probeImages)
        parameters.steps = epochs * max(1, facts.probeImages / parameters.batch)
        parameters.deadAfter = facts.probeImages
        return parameters
    }

    /// Carries out long work on this layer, going on where an earlier run of the same stopped.
    package func carryOut(_ long: LongWork, _ work: Work) throws -> WorkDone {
        var changed: LayerReference?
        let summary: String
        switch long {
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
            summary = "\(layer.hookPoint.name) is in the study, \(studied.encoder.count) units, aligned; L goes there"
        case .align(let method, let seed):
            var parameters = standardAlignment
            (parameters.method, parameters.seed) = (method, seed)
            try extract(work)
            let report = try align(parameters, work)
            changed = reference
            summary =
                report.chosen.map { "α \(Self.short($0.balance)), λ \(Self.short($0.shrinkage))" }
                ?? "epoch \(report.best + 1) of \(report.epochs.count) kept"
        case .train(let features, let k, let seed):
            try extract(work)
            var parameters = try autoencoderParameters(features, k: k)
            parameters.seed = seed
            summary = Self.summary(try trainAutoencoder(parameters, work))
            try alignFeatures(work)
            changed = reference
        case .import(let path):
            try extract(work)
            summary = Self.summary(
                try importAutoencoder(URL(filePath: path)))
            try alignFeatures(work)
            changed = reference
        }
        return WorkDone(summary: summary, layers: try study.layerFacts(), changes: changed)
    }

    private func alignFeatures(_ work: Work) throws { _ = try prepare(work, features: true) }

    private static func summary(_ report: AutoencoderReport) -> String {
        "\(report.features) features, explained variance \(String(format: "%.3f", report.explainedVariance)), "
            + String(format: "%.1f %% dead", 100 * report.deadShare)
    }

    private static func short(_ value: Float) -> String { String(format: "%.3g", value) }
}
