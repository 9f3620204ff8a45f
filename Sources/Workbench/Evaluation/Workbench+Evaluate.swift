import Analysis
import Cache
import Digests
import Foundation

/// What the intervention table is to hold.
public struct InterventionTableRequest: Sendable {
    public var kinds: [UnitKind] = [.neuron]
    /// τ, sizes of the unit sets.
    public var sizes = [5, 10, 20]
    /// β that neurons are scaled by.
    public var neuronBetas: [Double] = [2, 0]
    /// β that features are scaled by: ×0 saturates, for a few features carry a class.
    public var featureBetas: [Double] = [2, 0.5]
    public var seeds = 3
    /// Where the rest of the network must be run, stop each count within this; nil counts all images.
    public var halfWidth: Double?

    public init() {}

    func betas(_ kind: UnitKind) -> [Double] { kind == .neuron ? neuronBetas : featureBetas }
}

extension Workbench {
    /// The paper's intervention table on the held-out images: scaling by each β, unit sets of each size, every method.
    ///
    /// Each seed trains the neuron encoder anew, and the autoencoder too where it was trained here; the study keeps its
    /// own. The unit sets come from the probe images and β is given, so the images that count saw neither.
    ///
    /// - Throws: `noAutoencoder` where features are asked for and the study has none.
    public func interventionTable(
        _ request: InterventionTableRequest = InterventionTableRequest(), _ work: Work = Work()
    ) throws -> InterventionTable {
        let parameters = try alignmentParameters()
        let own = request.kinds.contains(.feature) ? try autoencoder() : nil
        if request.kinds.contains(.feature), own == nil { throw WorkbenchError.noAutoencoder(study: folder.path) }
        let training = try own.flatMap { try trainingParameters(ofAutoencoder: $0.key) }
        var table = InterventionTable(cells: [], features: nil, images: try heldOut.count, classes: 0)
        for seed in 0..<UInt64(request.seeds) {
            var seeded = parameters
            seeded.seed += seed
            var study = try analysis(encoder: encoder(seeded, work))
            table.classes = study.countedClasses.names.count
            for kind in request.kinds {
                if kind == .feature, var found = own {
                    if var training {
                        training.seed += seed
                        found = try trainedAutoencoder(training, work)
                    }
                    try addFeatures(found, aligned: seeded, to: &study, work)
                    table.features = .init(count: found.autoencoder.count, isTrainedBySeed: training != nil)
                }
                try fill(&table.cells, study, kind, seed: seed, request, work)
            }
        }
        return table
    }

    /// Every method's cells of one seed.
    private func fill(
        _ cells: inout [InterventionCell], _ study: StudyAnalysis, _ kind: UnitKind, seed: UInt64,
        _ request: InterventionTableRequest, _ work: Work
    ) throws {
        for method in UnitSetMethod.all(for: kind) {
            let sets =
                try kind == .neuron
                ? study.unitOrders(by: method, seed: seed)
                : study.featureOrders(by: method, count: request.sizes.max() ?? 0, seed: seed)
            for size in request.sizes {
                let changes = try study.meanChanges(
                    sets.map { Array($0.prefix(size)) }, betas: request.betas(kind)
                ) { steering, target in
                    try self.outcome(of: steering, target: target, in: study, halfWidth: request.halfWidth, work)
                }
                for (beta, change) in zip(request.betas(kind), changes) {
                    cells.add(change, kind, method, units: size, beta: beta)
                }
            }
        }
    }
}
