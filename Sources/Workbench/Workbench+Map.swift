import Analysis
import Digests
import Foundation
import LinearAlgebra
import WordNet

extension Workbench {
    /// The map of the layer's neurons, or of its features by what they respond to: t-SNE of their embeddings, their
    /// super-categories and classes, and how well those part them. What was computed before comes from the study.
    ///
    /// The categories are those of the units' descriptions, which are read off in the same space: a high silhouette says that
    /// the concept space groups what WordNet groups, not that the descriptions are right. The classes come from activations.
    ///
    /// - Parameters:
    ///   - study: this workbench's study in memory.
    ///   - kind: which units.
    ///   - categories: by which concepts are sorted; nil puts all into `other`.
    ///   - observe: takes the map as it takes shape, after every iteration.
    package func map(
        in study: StudyAnalysis, units kind: UnitKind = .neuron, parameters: TSNEParameters = TSNEParameters(),
        categories: SuperCategories?, _ work: Work = Work(), observe: (UnitMap, TSNEStep) -> Void = { _, _ in }
    ) throws -> UnitMap {
        var map = try study.unplacedMap(kind, categories, parameters)
        let embeddings = try study.embeddings(of: map.points.map(\.unit))
        let space = try mapKey(study, kind)
        let layout = try layout(of: embeddings, space, parameters, work) { step in
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
            let key = Digest(
                "silhouette 1", space, Digest(combining: labels.map(String.init)))
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

    /// Of what decides the units' embeddings.
    private func mapKey(_ study: StudyAnalysis, _ kind: UnitKind) throws -> Digest {
        let alignment = try alignmentKey(alignmentParameters())
        return kind == .neuron
            ? alignment : Digest("features", try study.loadedFeatures().key.description, alignment)
    }

    private func layout(
        of embeddings: Tensor, _ space: Digest, _ parameters: TSNEParameters, _ work: Work, observe: (TSNEStep) -> Void
    ) throws -> TSNELayout {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let json = String(decoding: try encoder.encode(parameters), as: UTF8.self)
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
}

extension StudyAnalysis {
    /// The map's points, all at the origin.
    fileprivate func unplacedMap(
        _ kind: UnitKind, _ categories: SuperCategories?, _ parameters: TSNEParameters
    ) throws -> UnitMap {
        let statistics: any UnitStatistics = kind == .feature ? try loadedFeatures().probe : probe
        let all = summaries(kind)
        let summaries = kind == .feature ? all.filter { $0.mean > 0 } : all
        let names = try categories?.categories(of: describer.concepts.names) ?? [:]
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

    /// u of neurons, or of features by what they respond to: unit rows.
    fileprivate func embeddings(of units: [InternalUnit]) throws -> Tensor {
        units.first?.kind == .feature
            ? try loadedFeatures().retrieval.responding.rows(at: units.map(\.index)) : encoder.embeddings(of: units)
    }

    /// The names, most frequent first and then by the alphabet, with their places.
    private static func bySize(_ names: [String]) -> (order: [String], places: [String: Int]) {
        let counts = names.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
        let order = counts.keys.sorted { (-(counts[$0] ?? 0), $0) < (-(counts[$1] ?? 0), $1) }
        return (order, Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) }))
    }
}
