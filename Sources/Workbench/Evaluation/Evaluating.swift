import Analysis
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
    /// What is added along each unit's pole, in typical deviations of the layer's units; empty for scaling alone.
    package var shifts: [Double] = []
    package var seeds = 3
    /// Where the rest of the network must be run, stop each count within this; nil counts all images.
    package var halfWidth: Double?
    /// Whether all of CLIP-Dissect's similarities are baselines, or soft-WPMI alone.
    package var hasAllSimilarities = false
    /// Images of other classes to count at most; nil for all where that is quick.
    package var otherImages: Int?

    package init() {}

    func betas(_ kind: UnitKind) -> [Double] { kind == .neuron ? neuronBetas : featureBetas }
}

extension StudiedLayer {
    /// The paper's intervention table on the held-out images: scaling and adding, unit sets of each size, every method,
    /// with its controls.
    ///
    /// Each seed trains the neuron encoder anew, and the autoencoder too where it was trained here; the study keeps its
    /// own. What no seed touches is counted once. The unit sets come from the probe images and β is given, so the images
    /// that count saw neither.
    ///
    /// - Parameters:
    ///   - rows: where finished rows are kept; nil for nowhere.
    ///   - finished: takes the table after every method.
    /// - Throws: `noAutoencoder` where features are asked for and the study has none.
    package func interventionTable(
        _ request: InterventionTableRequest = InterventionTableRequest(), rows: FinishedRows? = nil,
        _ work: Work = Work(), finished: (InterventionTable) -> Void = { _ in }
    ) throws -> InterventionTable {
        let own = request.kinds.contains(.feature) ? try target.autoencoder() : nil
        if request.kinds.contains(.feature), own == nil { throw target.noAutoencoder }
        let training = try own.flatMap { try target.trainingParameters(ofAutoencoder: $0.key) }
        let counting = try ChangeCounting(self, request)
        let labels = try target.probeClasses()
        var table = InterventionTable(
            cells: [], features: own.map { .init(count: $0.autoencoder.count, isTrainedBySeed: training != nil) },
            images: counting.images, classes: counting.classes.count, otherImages: counting.otherImages,
            dissected: labels == nil ? "classes predicted for the probe images" : "labels of the probe images")
        var progress = TableProgress(kinds: request.kinds.count, seeds: request.seeds)
        // The units that each ranking chose by the first seed: what chooses the same by every other is touched by none.
        var first: [RankedBy: [[InternalUnit]]] = [:]
        var touched: Set<RankedBy> = []
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
            for kind in request.kinds {
                let isFresh = seed == 0 || kind == .feature && training != nil
                let ways = try layer.unitSets(kind, seed: seed, request, labels: labels, work)
                progress.expect(ways)
                for sets in ways where isFresh || sets.isRandom || sets.role == .ranking {
                    let orders = try sets.sets(for: countedClasses, count: request.sizes.max() ?? 0, seed: seed)
                    let key = RankedBy(kind: kind, method: sets.method)
                    if seed == 0 { first[key] = orders }
                    if seed > 0, isFresh || sets.isRandom || first[key] != orders { touched.insert(key) }
                    if isFresh || first[key] != orders {
                        try layer.count(orders, sets, kind, request, counting, rows, into: &table, work)
                    } else {
                        table.repeatFirstSeed(of: key)
                    }
                    try work.advance(progress.afterOne())
                    finished(table.telling(touched))
                }
            }
        }
        return table.telling(touched)
    }

    /// Every way to choose units that a table compares: the rankings, the baselines, the controls.
    func unitSets(
        _ kind: UnitKind, seed: UInt64, _ request: InterventionTableRequest, labels: [Int]?, _ work: Work
    ) throws -> [UnitSets] {
        let space = try space(kind)
        let baselines = UnitSetBaselines(of: space, context)
        var similarities: [PublishedSimilarity] = [.networkDissection, .visualInterpretation]
        // Labels are of the study's classes; of others there are none.
        if target.words != nil { similarities.removeFirst() }
        if request.hasAllSimilarities { similarities = [.weightedPMI, .rankReorder, .cosineCubed] + similarities }
        let own = space.unitSets
        return own.filter { $0.role != .control } + (kind == .neuron ? try trainedSets(work) : [])
            + similarities.flatMap { baselines.published($0, labels: labels) } + own.filter { $0.role == .control }
            + (try randomConceptSets(kind, seed: seed, work))
    }

    /// A method's cells of one seed.
    ///
    /// - Parameter orders: its units for each class, best first.
    private func count(
        _ orders: [[InternalUnit]], _ sets: UnitSets, _ kind: UnitKind, _ request: InterventionTableRequest,
        _ counting: ChangeCounting, _ rows: FinishedRows?, into table: inout InterventionTable, _ work: Work
    ) throws {
        if sets.role == .ranking, table.references[kind] == nil || sets.method == Self.reference(kind) {
            table.references[kind] = sets.method
        }
        let deviation = try space(kind).statistics.typicalDeviation
        let steps: [(Operator, [Double])] = [
            (.scaling, request.betas(kind)), (.adding, request.shifts.map { $0 * deviation }),
        ]
        let edit = try editKey([kind])
        for size in request.sizes {
            let units = orders.map { Array($0.prefix(size)) }
            let names = Digest(combining: units.map { $0.map(\.description).joined(separator: " ") }).description
            for (op, betas) in steps {
                let keys = betas.map { ["interventions", edit, op.rawValue, "\($0)", counting.key, names] }
                let changes = try rows.rows(keys) { missing in
                    try counting.changes(of: units, op, at: missing.map { betas[$0] }, in: self, work)
                }
                for (beta, changes) in zip(betas, changes) {
                    table.cells.add(
                        InterventionCell(
                            kind: kind, method: sets.method, role: sets.role, operator: op, units: size, beta: beta,
                            byClass: [changes.map(\.ofClass)], othersByClass: [changes.map(\.ofOthers)]))
                }
            }
        }
    }

    /// The ranking that stands for the method.
    static func reference(_ kind: UnitKind) -> UnitSetMethod {
        kind == .neuron ? .rivals : .respondingRivals
    }
}

/// A ranking of one kind of units.
private struct RankedBy: Hashable {
    var kind: UnitKind
    var method: UnitSetMethod
}

extension InterventionTable {
    /// Takes in a seed by which a ranking chose what it chose by the first.
    fileprivate mutating func repeatFirstSeed(of ranked: RankedBy) {
        for place in cells.indices where cells[place].kind == ranked.kind && cells[place].method == ranked.method {
            cells[place].byClass.append(cells[place].byClass[0])
            cells[place].othersByClass.append(cells[place].othersByClass[0])
        }
    }

    /// The table with one seed of what no seed touches.
    fileprivate func telling(_ touched: Set<RankedBy>) -> InterventionTable {
        var table = self
        for place in table.cells.indices
        where !touched.contains(RankedBy(kind: cells[place].kind, method: cells[place].method)) {
            table.cells[place].byClass = Array(cells[place].byClass.prefix(1))
            table.cells[place].othersByClass = Array(cells[place].othersByClass.prefix(1))
        }
        return table
    }
}

/// How far a table has come: methods counted, of those that all seeds will count.
private struct TableProgress {
    let kinds: Int
    let seeds: Int
    private var methods = 0
    private var again = 0
    private var done = 0
    private let began = ContinuousClock.now

    init(kinds: Int, seeds: Int) { (self.kinds, self.seeds) = (kinds, seeds) }

    /// Tells what one seed compares; others count only what is drawn or trained.
    mutating func expect(_ ways: [UnitSets]) {
        methods = max(methods, ways.count)
        again = max(again, ways.count { $0.isRandom || $0.role == .ranking })
    }

    mutating func afterOne() -> WorkProgress {
        done += 1
        let elapsed = (ContinuousClock.now - began) / .seconds(1)
        return WorkProgress(
            phase: .evaluation, completed: done, total: max(done, kinds * (methods + (seeds - 1) * again)),
            rate: elapsed > 0 ? Double(done) / elapsed : nil)
    }
}

extension UnitStatistics {
    /// The mean standard deviation of the units that are not always the same.
    var typicalDeviation: Double {
        let living = deviations.filter { $0 > 0 }
        return Double(living.reduce(0, +)) / Double(max(1, living.count))
    }
}

extension TargetLayer {
    /// The class of every probe image by its label; nil where they have none, or none that is one of the classes.
    func probeClasses() throws -> [Int]? {
        guard let lines = try probeLabels.value else { return nil }
        let found = (target.facts.words?.places).map { places in lines.map { places[$0] } } ?? lines
        return found.allSatisfy(classNames.indices.contains) ? found : nil
    }
}
