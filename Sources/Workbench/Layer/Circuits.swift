import Analysis
import LinearAlgebra
import VisionModels

extension StudiedLayer {
    /// Which units of later layers of the study move most as a unit of this one is taken out.
    ///
    /// The model runs on images drawn from the tenth of the probe images on which the unit is most active, and goes on from
    /// this layer with the unit scaled by β; both times the later layers are read, pooled as the study pools them.
    ///
    /// - Parameters:
    ///   - count: images at most.
    ///   - top: units a layer that are told.
    ///   - found: takes what is known so far, batch by batch.
    /// - Throws: `noPlaces` of an imported layer.
    package func circuit(
        of unit: InternalUnit, beta: Double = 0, images count: Int = 48, top: Int = 20, _ work: Work = Work(),
        found: (Circuit) -> Void = { _ in }
    ) throws -> Circuit {
        guard target.target.facts.isImported != true else {
            throw WorkbenchError.noPlaces(layer: target.hookPoint.name, isImported: true)
        }
        let later = try laterLayers(work)
        let active = try activeImages(of: unit)
        var random = SeededGenerator(seed: UInt64(unit.index))
        let drawn = Array(active.shuffled(using: &random).prefix(count))
        guard !later.isEmpty, !drawn.isEmpty else {
            return Circuit(unit: unit, beta: beta, images: 0, imagesInAll: active.count, layers: [])
        }
        let model = try target.classifier
        var sums = later.map { ChangeSums(units: $0.encoder.count) }
        let steering = Steering(Intervention(units: [unit], operator: .scaling, beta: beta))
        func circuit() throws -> Circuit {
            let layers = try zip(later, sums).map { layer, sums in
                try Circuit.Layer(
                    reference: layer.target.reference, moved: layer.moved(sums, of: active.count, top: top))
            }
            return Circuit(
                unit: unit, beta: beta, images: sums[0].images, imagesInAll: active.count, layers: layers)
        }
        for batch in blocks(of: drawn.count, size: 8) {
            try work.checkCancelled()
            let changes = try changes(
                on: drawn[batch].sorted(), steering, unit.kind, in: later.map(\.target), by: model)
            for place in sums.indices { sums[place].add(changes[place].values) }
            if batch.upperBound < drawn.count { found(try circuit()) }
        }
        return try circuit()
    }

    /// Extracted layers of the same model behind this one, in the order of the forward pass; what is not aligned yet is now, as
    /// its units' concepts are told.
    private func laterLayers(_ work: Work) throws -> [StudiedLayer] {
        let points = try target.classifier.hookPoints
        guard let own = points.firstIndex(of: target.hookPoint) else { return [] }
        let layers = try target.study.layers().compactMap { layer -> (Int, TargetLayer)? in
            guard layer.target.id == target.target.id, let place = points.firstIndex(of: layer.hookPoint), place > own
            else { return nil }
            return (place, layer)
        }
        return try layers.sorted { $0.0 < $1.0 }.filter { try $0.1.isExtracted }.map { try $0.1.prepare(work) }
    }

    /// The tenth of the probe images on which a unit is most active along its pole, 8 at least.
    private func activeImages(of unit: InternalUnit) throws -> [Int] {
        let values = try space(unit.kind).activations(of: unit.index, on: neurons.probe.values)
        let sign = unit.pole?.sign ?? 1
        let order = values.indices.sorted { (-sign * values[$0], $0) < (-sign * values[$1], $1) }
        return Array(order.prefix(max(8, values.count / 10)))
    }

    /// Edited less unedited activations of later layers, pooled: [images, units] each.
    private func changes(
        on images: [Int], _ steering: Steering, _ kind: UnitKind, in later: [TargetLayer], by model: any TargetModel
    ) throws -> [Tensor] {
        let source = try target.probe.source
        let pixels = try source.pixels(images, as: model.preprocessing, for: model.input)
        var own = Tensor([0])
        var unedited = later.map { _ in Tensor([0]) }
        var hooks = Hooks(at: target.hookPoint) { own = $0 }
        for (place, layer) in later.enumerated() {
            hooks.add(at: layer.hookPoint) { unedited[place] = layer.pooling($0) }
        }
        _ = model.logits(pixels, hooks: hooks)

        let (tokens, shape) = (target.hookPoint.tokens, own.shape)
        var vectors = own.reshaped([own.values.count / target.hookPoint.width, target.hookPoint.width])
        let edited = target.pooling == .cls ? 1 : tokens
        let rows = (0..<vectors.rows).filter { $0 % tokens < edited }
        try readings(kind).apply(steering, to: &vectors, rows: rows)
        var moved = later.map { _ in Tensor([0]) }
        var resumed = Hooks()
        for (place, layer) in later.enumerated() {
            resumed.add(at: layer.hookPoint) { moved[place] = layer.pooling($0) }
        }
        _ = model.logits(resumingFrom: target.hookPoint, vectors.reshaped(shape), hooks: resumed)
        return try zip(moved, unedited).map { after, before in
            guard after.firstNonFiniteRow == nil, before.firstNonFiniteRow == nil else {
                throw WorkbenchError.notFinite(model: model.name, image: source.name(of: images[0]))
            }
            return Tensor(after.shape, zip(after.values, before.values).map { $0 - $1 })
        }
    }

    /// The units that move most, in their own standard deviations; a dead one cannot.
    private func moved(_ sums: ChangeSums, of inAll: Int, top: Int) throws -> [Circuit.Moved] {
        let deviations = neurons.probe.deviations
        let changes = sums.means(of: inAll).enumerated().compactMap { index, change -> (Int, Double, Double)? in
            let deviation = Double(deviations[index])
            return deviation > 0 ? (index, change.mean / deviation, change.halfWidth / deviation) : nil
        }
        let most = changes.sorted { (-abs($0.1), $0.0) < (-abs($1.1), $1.0) }.prefix(top)
        return try most.map { index, change, halfWidth in
            let pole: Pole? = encoder.isSigned ? (change > 0 ? .negative : .positive) : nil
            guard let unit = neurons.unit(index, pole: pole) else { preconditionFailure("no unit \(index)") }
            return Circuit.Moved(
                unit: unit, concept: try describe(unit, count: 1).concepts.first,
                change: change * Double(pole?.sign ?? 1), halfWidth: halfWidth)
        }
    }
}
