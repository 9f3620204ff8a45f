import Analysis
import Foundation
import LinearAlgebra

/// On images that the model gets wrong, whose units are active: those of the class it predicts, or of the true one?
package struct ErrorCases: Sendable {
    /// Which anchors the encoder was aligned with.
    package enum Anchors: String, Sendable, CaseIterable {
        case both
        /// The model's answer alone, or the image alone.
        case output, input
    }

    package struct Row: Sendable {
        package var anchors: Anchors
        package var method: UnitSetMethod
        /// Share of the images on which the predicted class's units are the more active ones, one value a seed.
        package var predicted: [Double]
        /// 95 % interval over the images, of the mean over seeds.
        package var interval: ClosedRange<Double>
    }

    package var rows: [Row]
    /// Held-out images that the model gets wrong.
    package var images: Int
    /// τ
    package var units: Int
}

extension StudiedLayer {
    /// For every misclassified held-out image: the mean activation, standardised and along their poles, of the predicted
    /// class's τ units beside the true class's. Localization by each anchor alone needs an alignment of its own.
    package func errorCases(
        units count: Int = 20, seeds: Int = 3, rows kept: FinishedRows? = nil, _ work: Work = Work()
    ) throws
        -> ErrorCases
    {
        let heldOut = try heldOut
        let wrong = heldOut.labels.indices.filter { heldOut.labels[$0] != heldOut.unedited[$0] }
        let activations = try pooledHeldOut(wrong)
        var rows: [ErrorCases.Row] = []
        let meter = RateMeter(.evaluation, from: 0, to: ErrorCases.Anchors.allCases.count * seeds)
        var done = 0
        for anchors in ErrorCases.Anchors.allCases {
            var shares: [UnitSetMethod: [Double]] = [:]
            for seed in 0..<UInt64(seeds) {
                var seeded = parameters
                seeded.seed += seed
                if parameters.method == .closedForm, anchors == .input { seeded.balance = 0 }
                if anchors == .output { seeded.inputWeight = 0 }
                if anchors == .input { seeded.outputWeight = 0 }
                let found = try kept.row(["errors", anchors.rawValue, seed, count]) {
                    try target.train(seeded, work)
                    return try realigned(seeded, autoencoder: nil).pointing(wrong, activations, units: count)
                }
                done += 1
                for (method, share) in found { shares[UnitSetMethod(rawValue: method), default: []].append(share) }
                try work.advance(meter.progress(done))
            }
            rows += shares.sorted { $0.key.rawValue < $1.key.rawValue }.map { method, shares in
                let distinct = Set(shares).count == 1 ? Array(shares.prefix(1)) : shares
                return ErrorCases.Row(
                    anchors: anchors, method: method, predicted: distinct,
                    interval: wilsonInterval(Sample(shares).mean, count: wrong.count))
            }
        }
        return ErrorCases(rows: rows, images: wrong.count, units: count)
    }
}

extension StudiedLayer {
    /// By method, the share of the images `wrong` on which the predicted class's units are the more active ones.
    ///
    /// - Parameter activations: of those images.
    private func pointing(_ wrong: [Int], _ activations: Tensor, units count: Int) throws -> [String: Double] {
        let heldOut = try heldOut
        let (means, deviations) = (neurons.probe.means, neurons.probe.deviations)
        var shares: [String: Double] = [:]
        // Attribution goes by no anchor.
        for sets in neurons.unitSets where sets.role == .ranking && sets.method != .attribution {
            let chosen = try sets.sets(for: countedClasses, count: count)
            let score = { (row: Int, c: Int) -> Float in
                chosen[c].reduce(0) { sum, unit in
                    let i = unit.index
                    guard deviations[i] > 0 else { return sum }
                    return sum + (unit.pole?.sign ?? 1) * (activations[row, i] - means[i]) / deviations[i]
                }
            }
            let hits = wrong.enumerated().count { row, image in
                score(row, heldOut.unedited[image]) > score(row, heldOut.labels[image])
            }
            shares[sets.method.rawValue] = Double(hits) / Double(max(1, wrong.count))
        }
        return shares
    }
}
