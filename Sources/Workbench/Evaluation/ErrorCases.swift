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
    package func errorCases(units count: Int = 20, seeds: Int = 3, _ work: Work = Work()) throws -> ErrorCases {
        let heldOut = try heldOut
        let wrong = heldOut.labels.indices.filter { heldOut.labels[$0] != heldOut.unedited[$0] }
        let activations = try pooledHeldOut(wrong)
        let (means, deviations) = (neurons.probe.means, neurons.probe.deviations)
        var rows: [ErrorCases.Row] = []
        for anchors in ErrorCases.Anchors.allCases {
            var shares: [UnitSetMethod: [Double]] = [:]
            for seed in 0..<UInt64(seeds) {
                var seeded = parameters
                seeded.seed += seed
                if anchors == .output { seeded.inputWeight = 0 }
                if anchors == .input { seeded.outputWeight = 0 }
                try target.train(seeded, work)
                let layer = try realigned(seeded, autoencoder: nil)
                // Attribution goes by no anchor.
                for sets in layer.neurons.unitSets where sets.role == .ranking && sets.method != .attribution {
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
                    shares[sets.method, default: []].append(Double(hits) / Double(max(1, wrong.count)))
                }
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
