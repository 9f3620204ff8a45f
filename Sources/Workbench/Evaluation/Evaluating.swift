import Analysis
import Cache
import Digests
import Foundation

/// What the intervention table is to hold.
package struct InterventionTableRequest: Sendable {
    package var kinds: [UnitKind] = [.neuron]
    /// τ, sizes of the unit sets.
    package var sizes = [5, 10, 20]
    /// β that neurons are scaled by.
    package var neuronBetas: [Double] = [2, 0]
    /// β that features are scaled by: ×0 saturates, for a few features carry a class.
    package var featureBetas: [Double] = [2, 0.5]
    package var seeds = 3
    /// Where the rest of the network must be run, stop each count within this; nil counts all images.
    package var halfWidth: Double?

    package init() {}

    func betas(_ kind: UnitKind) -> [Double] { kind == .neuron ? neuronBetas : featureBetas }
}

extension StudiedLayer {
    /// The paper's intervention table on the held-out images: scaling by each β, unit sets of each size, every method.
    ///
    /// Each seed trains the neuron encoder anew, and the autoencoder too where it was trained here; the study keeps its
    /// own. The unit sets come from the probe images and β is given, so the images that count saw neither.
    ///
    /// - Throws: `noAutoencoder` where features are asked for and the study has none.
    package func interventionTable(
        _ request: InterventionTableRequest = InterventionTableRequest(), _ work: Work = Work()
    ) throws -> InterventionTable {
        let own = request.kinds.contains(.feature) ? try target.autoencoder() : nil
        if request.kinds.contains(.feature), own == nil { throw target.noAutoencoder }
        let training = try own.flatMap { try target.trainingParameters(ofAutoencoder: $0.key) }
        var table = InterventionTable(
            cells: [], features: own.map { .init(count: $0.autoencoder.count, isTrainedBySeed: training != nil) },
            images: try target.heldOut.count, classes: countedClasses.names.count)
        for seed in 0..<UInt64(request.seeds) {
            var (seeded, found) = (parameters, own)
            seeded.seed += seed
            if var training {
                training.seed += seed
                found = try target.trainedAutoencoder(training, work)
            }
            try target.train(seeded, work)
            let layer = try realigned(seeded, autoencoder: found)
            if found != nil { _ = try layer.studiedFeatures(work) }
            for kind in request.kinds { try layer.fill(&table.cells, kind, seed: seed, request, work) }
        }
        return table
    }

    /// Every method's cells of one seed.
    private func fill(
        _ cells: inout [InterventionCell], _ kind: UnitKind, seed: UInt64, _ request: InterventionTableRequest,
        _ work: Work
    ) throws {
        for sets in try space(kind).unitSets {
            let orders = try sets.sets(for: countedClasses, count: request.sizes.max() ?? 0, seed: seed)
            for size in request.sizes {
                let changes = try meanChanges(
                    orders.map { Array($0.prefix(size)) }, betas: request.betas(kind), halfWidth: request.halfWidth,
                    work)
                for (beta, change) in zip(request.betas(kind), changes) {
                    cells.add(change, kind, sets.method, units: size, beta: beta)
                }
            }
        }
    }

    /// Scaling each class's unit set by each β: change in points on the class and on the others, mean over the classes
    /// that have images.
    private func meanChanges(
        _ sets: [[InternalUnit]], betas: [Double], halfWidth: Double?, _ work: Work
    ) throws -> [(ofClass: Double, ofOthers: Double)] {
        let seen = Set(try heldOut.labels)
        var sums = betas.map { _ in (ofClass: 0.0, ofOthers: 0.0) }
        for (target, units) in sets.enumerated() where seen.contains(target) {
            for (position, beta) in betas.enumerated() {
                let steering = Steering(Intervention(units: units, operator: .scaling, beta: beta))
                let outcome = try outcome(of: steering, target: target, halfWidth: halfWidth, work)
                sums[position].ofClass += 100 * (outcome.after.ofClass - outcome.before.ofClass)
                sums[position].ofOthers += 100 * (outcome.after.ofOthers - outcome.before.ofOthers)
            }
        }
        let classes = Double(max(1, seen.count))
        return sums.map { (ofClass: $0.ofClass / classes, ofOthers: $0.ofOthers / classes) }
    }
}
