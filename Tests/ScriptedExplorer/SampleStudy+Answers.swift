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
        default: nil
        }
    }
}
