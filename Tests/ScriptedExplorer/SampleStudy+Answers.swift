import Analysis
import Explorer

extension SampleStudy {
    /// What an effect would post if the workbench held this study; nil for what posts nothing.
    package static func answer(to effect: Effect) -> Action? {
        switch effect {
        case .locate(let concept, let ranking, let kind, let job):
            .located(found(concept, ranking, kind), isExact: true, job)
        case .profile(let unit, let job): .profiled(profile(unit), job)
        case .listUnits(let kind, let job): .listed(UnitTable(kind == .feature ? featureSummaries : summaries), job)
        case .curve(_, _, _, _, let job): .curved(curve, job)
        case .count(_, _, _, let job): .counted(outcome, job)
        case .measureUnits(let kind, let job):
            .measured(UnitQualities(kind == .feature ? featureQualities : qualities), job)
        case .map(let kind, let job): .mapped(kind == .feature ? featureMap : map, nil, job)
        case .sweep(_, _, let betas, let job):
            .swept(betas.map { SteerState.WalkedPoint(beta: $0, accuracy: curve.accuracy(at: $0)) }, job)
        case .sheet(let unit, let job): .sheeted(sheet(of: unit), job)
        case .heat(let unit, let images, let job): .heated(images.map { heatMap(of: unit, $0) }, isWhole: true, job)
        case .cover(let unit, let image, let cover, _, let job): .covered(covered(image, of: unit, cover), job)
        case .compare(_, let images, let job):
            .compared(inspection.images.filter { images.contains($0.position) }, job)
        case .kin(let unit, let job): .kin(kin(of: unit), job)
        case .pair(let first, let second, let job):
            .paired(
                UnitPair(first: profile(first), second: profile(second), cosine: 0.25, correlation: -0.5, images: 100),
                job)
        case .inspect(_, let job): .inspected(inspection, job)
        case .readEarlier(let job): .earlier([], standard: StudyDraft([.study: "new.study", .layer: "norm"]), job)
        case .advise(_, _, let job): .advised(FieldAdvice(), job)
        case .compareLayers(let other, let kind, let job): .comparedLayers(comparison(with: other, kind), job)
        default: nil
        }
    }

    /// The layer on show beside another: two pairs, and a concept of each fate.
    package static func comparison(with other: LayerReference, _ kind: UnitKind = .neuron) -> ComparedLayers {
        func here(_ index: Int) -> InternalUnit { InternalUnit(layer: facts.layer, index: index, pole: .positive) }
        func there(_ index: Int) -> InternalUnit { InternalUnit(layer: other.layer, index: index) }
        let moves = [
            ConceptMove(concept: "boot", fate: .kept, before: [here(0)], after: [there(0)]),
            ConceptMove(concept: "sleeve", fate: .gained, before: [], after: [there(3), there(4), there(5), there(6)]),
            ConceptMove(concept: "heel", fate: .lost, before: [here(2)], after: []),
            ConceptMove(concept: "sole", fate: .moved, before: [here(1)], after: [there(2)]),
        ]
        return ComparedLayers(
            units: kind, sections: comparisonSections,
            pairs: [
                UnitMatch(first: 1, second: 7, correlation: -0.7), UnitMatch(first: 0, second: 0, correlation: 0.93),
            ], moves: moves.map { ComparedLayers.Move($0, first: 0.25, second: 0.31) })
    }

    static let comparisonSections = [
        ReportSection(
            title: "Units of both", sentences: ["2 of 96 and 96 neurons are pairs."], columns: ["|r|", "pairs"],
            rows: [["0.9 to 0.99", "1"], ["0.5 to 0.9", "1"]]),
        ReportSection(
            title: "Concepts", sentences: ["1 kept, 1 moved, 1 gained, 1 lost."], columns: ["concept", ""],
            rows: [["sleeve", "gained"]]),
    ]
}
