import Analysis
import Digests
import WordNet

/// Whether units of one kind lie together in the concept space: the silhouette of their super-categories and classes.
package struct SemanticGroups: Sendable {
    package var kind: UnitKind
    /// By super-category of their descriptions; nil where WordNet is not installed or there is one group.
    package var category: SilhouetteScore?
    /// By the class on which they are most active.
    package var `class`: SilhouetteScore?
}

extension StudiedLayer {
    /// The silhouettes of the map, without the map.
    ///
    /// The categories are read off in the same space: a high figure says that the space groups what WordNet groups, not
    /// that the descriptions are right. The classes come from activations.
    package func semanticGroups(
        _ kind: UnitKind, categories: SuperCategories?, _ work: Work = Work()
    ) throws -> SemanticGroups {
        let space = try space(kind)
        let statistics = space.statistics
        let summaries = try space.summaries(checkCancellation: work.checkCancelled).filter {
            !statistics.isSilent($0.unit.index)
        }
        guard !summaries.isEmpty else { return SemanticGroups(kind: kind) }
        let silhouette = Silhouette(space.embeddings(of: summaries.map(\.unit)))
        let names = try categories?.categories(of: concepts.names)
        func score(_ labels: [Int]) throws -> SilhouetteScore? {
            try silhouette.score(of: labels, checkCancellation: work.checkCancelled)
        }
        let own = names.map { names in summaries.map { names[$0.concept.concept] ?? SuperCategories.other } }
        let order = Dictionary(
            uniqueKeysWithValues: Set(own ?? []).sorted().enumerated().map { ($1, $0) })
        return SemanticGroups(
            kind: kind, category: try own.flatMap { try score($0.map { order[$0] ?? 0 }) },
            class: try score(summaries.map { statistics.mostActiveClass(of: $0.unit) ?? -1 }))
    }
}
