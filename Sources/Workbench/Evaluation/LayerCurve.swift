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
    package func layerCurve(units count: Int = 20, halfWidth: Double? = 0.02, _ work: Work = Work()) throws
        -> LayerCurve
    {
        let layers = try target.study.layers().filter { try $0.modelName == target.modelName && $0.isExtracted }
        let points = try layers.map { place -> LayerCurve.Point in
            let layer =
                place.reference == target.reference ? self : try place.prepare(work)
            let scored = try layer.scoredDescriptions(.neuron, work) ?? [:]
            guard let sets = layer.neurons.unitSets.first(where: { $0.method == Self.reference(.neuron) }) else {
                throw target.notExtracted
            }
            let orders = try sets.sets(for: layer.countedClasses, count: count)
            var request = InterventionTableRequest()
            request.halfWidth = halfWidth
            let counting = try ChangeCounting(layer, request)
            let changes = try request.neuronBetas.map { beta in
                try counting.changes(
                    orders.map { Intervention(units: $0, operator: .scaling, beta: beta) }, in: layer, work
                ).map(\.ofClass)
            }
            return LayerCurve.Point(
                layer: place.reference, units: layer.encoder.count,
                pearson: Sample(scored.values.compactMap { $0.scores.map { Double($0.pearson) } }.sorted()),
                method: sets.method, enhance: Sample(changes[0]), remove: Sample(changes[1]))
        }
        return LayerCurve(points: points, units: count)
    }
}
