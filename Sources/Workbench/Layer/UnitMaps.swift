import Analysis
import Digests
import Foundation
import LinearAlgebra
import WordNet

extension StudiedLayer {
    /// The map of the layer's neurons, or of its features by what they respond to: t-SNE of their embeddings, their
    /// super-categories and classes, and how well those part them. What was computed before comes from the study.
    ///
    /// The categories are those of the units' descriptions, which are read off in the same space: a high silhouette says that
    /// the concept space groups what WordNet groups, not that the descriptions are right. The classes come from activations.
    ///
    /// - Parameters:
    ///   - kind: which units.
    ///   - categories: by which concepts are sorted; nil puts all into `other`.
    ///   - observe: takes the map as it takes shape, after every iteration.
    package func map(
        units kind: UnitKind = .neuron, parameters: TSNEParameters = TSNEParameters(),
        categories: SuperCategories?, _ work: Work = Work(), observe: (UnitMap, TSNEStep) -> Void = { _, _ in }
    ) throws -> UnitMap {
        let (store, units) = (target.store, try space(kind))
        var map = try unplacedMap(of: units, categories, parameters, work)
        let embeddings = units.embeddings(of: map.points.map(\.unit))
        let key = try embeddingKey(kind)
        let layout = try layout(of: embeddings, key, parameters, work) { step in
            map.place(step.layout)
            if step.divergence.isFinite { map.divergence = step.divergence }
            observe(map, step)
        }
        map.place(layout.points)
        map.divergence = layout.divergence
        // Distances only where a silhouette is not in the study yet.
        var measure: Silhouette?
        func silhouette(_ coloring: MapColoring) throws -> SilhouetteScore? {
            // Units without a class are a group of their own.
            let labels = map.points.map { map.group(of: $0, coloring) ?? -1 }
            let key = Digest("silhouette 1", key, Digest(combining: labels.map(String.init)))
            if let known = try store.silhouette(key) { return known }
            let made = measure ?? Silhouette(embeddings)
            measure = made
            let score = try made.score(of: labels, checkCancellation: work.check)
            if let score, !store.isReadOnly { try store.store(score, key: key) }
            return score
        }
        map.categorySilhouette = try silhouette(.category)
        map.classSilhouette = try silhouette(.class)
        return map
    }

    private func layout(
        of embeddings: Tensor, _ space: Digest, _ parameters: TSNEParameters, _ work: Work, observe: (TSNEStep) -> Void
    ) throws -> TSNELayout {
        let store = target.store
        let json = String(decoding: try TargetLayer.sortedJSON(parameters), as: UTF8.self)
        let key = Digest("t-SNE 1", space, json)
        if let known = try store.unitLayout(key, count: embeddings.rows) { return known }
        let layout = try TSNE(parameters).layout(embeddings) { step in
            try work.advance(
                WorkProgress(
                    phase: .map, completed: step.iteration, total: step.iterations,
                    loss: step.divergence.isFinite ? step.divergence : nil))
            observe(step)
        }
        if !store.isReadOnly { try store.store(layout, key: key) }
        return layout
    }

    /// The map's points, all at the origin.
    private func unplacedMap(
        of space: any UnitSpace, _ categories: SuperCategories?, _ parameters: TSNEParameters, _ work: Work
    ) throws -> UnitMap {
        let statistics = space.statistics
        let all = try space.summaries(checkCancellation: work.checkCancelled)
        let summaries = all.filter { !statistics.isSilent($0.unit.index) }
        let names = try categories?.categories(of: concepts.names) ?? [:]
        let own = summaries.map { names[$0.concept.concept] ?? SuperCategories.other }
        let classOf = summaries.map { statistics.mostActiveClass(of: $0.unit) }
        let (categoryOrder, categoryPlaces) = Self.bySize(own)
        let (classOrder, classPlaces) = Self.bySize(classOf.compactMap { $0.map { classes.names[$0] } })
        let points = summaries.enumerated().map { index, summary in
            UnitMap.Point(
                unit: summary.unit, x: 0, y: 0, concept: summary.concept, category: categoryPlaces[own[index]] ?? 0,
                class: classOf[index].flatMap { classPlaces[classes.names[$0]] })
        }
        var map = UnitMap(
            points: points, categories: categoryOrder, classes: classOrder,
            perplexity: parameters.perplexity(for: points.count), seed: parameters.seed)
        map.deadFeatures = all.count - summaries.count
        return map
    }

    /// The names, most frequent first and then by the alphabet, with their places.
    private static func bySize(_ names: [String]) -> (order: [String], places: [String: Int]) {
        let counts = names.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
        let order = counts.keys.sorted { (-(counts[$0] ?? 0), $0) < (-(counts[$1] ?? 0), $1) }
        return (order, Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) }))
    }
}
