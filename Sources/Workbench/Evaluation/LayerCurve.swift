import Analysis

/// How description and intervention go along the layers of one model in a study.
package struct LayerCurve: Sendable {
    package struct Point: Sendable {
        package var layer: LayerReference
        package var units: Int
        /// Mean Pearson of the units' own descriptions on held-out images, over units.
        package var pearson: Sample
        /// Change of accuracy on the class, in points, by scaling the reference's τ units: over classes.
        package var method: UnitSetMethod
        package var enhance: Sample
        package var remove: Sample
    }

    package var points: [Point]
    /// τ
    package var units: Int
}

extension StudiedLayer {
    /// Every whole layer of the same model in the study, in the order of the forward pass as the study has them.
    ///
    /// - Parameter halfWidth: where the rest of the network must be run, stop each count within this.
    package func layerCurve(
        units count: Int = 20, halfWidth: Double? = 0.02, rows: FinishedRows? = nil, _ work: Work = Work()
    ) throws -> LayerCurve {
        let layers = try target.study.layers().filter { try $0.modelName == target.modelName && $0.isExtracted }
        let points = try layers.map { place -> LayerCurve.Point in
            let layer =
                place.reference == target.reference ? self : try place.prepare(work)
            let kept = try rows?.of(layer)
            let figures = try kept.row(["layers", count, halfWidth.map { "\($0)" } ?? ""]) {
                try layer.curveFigures(units: count, halfWidth: halfWidth, work)
            }
            return LayerCurve.Point(
                layer: place.reference, units: layer.encoder.count, pearson: Sample(figures.pearson),
                method: Self.reference(.neuron), enhance: Sample(figures.enhance), remove: Sample(figures.remove))
        }
        return LayerCurve(points: points, units: count)
    }
}

/// What one layer's point is made of: Pearson of every description, changes on every class.
private struct CurveFigures: Codable {
    var pearson, enhance, remove: [Double]
}

extension StudiedLayer {
    private func curveFigures(units count: Int, halfWidth: Double?, _ work: Work) throws -> CurveFigures {
        let scored = try scoredDescriptions(.neuron, work) ?? [:]
        guard let sets = neurons.unitSets.first(where: { $0.method == Self.reference(.neuron) }) else {
            throw target.notExtracted
        }
        let orders = try sets.sets(for: countedClasses, count: count)
        var request = InterventionTableRequest()
        request.halfWidth = halfWidth
        let counting = try ChangeCounting(self, request)
        let changes = try counting.changes(of: orders, .scaling, at: request.neuronBetas, in: self, work)
            .map { $0.map(\.ofClass) }
        return CurveFigures(
            pearson: scored.values.compactMap { $0.scores.map { Double($0.pearson) } }.sorted(),
            enhance: changes[0], remove: changes[1])
    }
}
