import Analysis

/// The parts of a unit's profile, by what room there is. A feature has a second description and its company, in place of
/// the least activating images, which of a feature are any that do not activate it.
struct ProfileLayout {
    /// Of a feature: the title over what it responds to.
    private(set) var responds = Area.none
    let concepts: Area
    /// Of a feature: what it does, with its title.
    private(set) var does = Area.none
    private(set) var mostActivating = Area.none
    private(set) var leastActivating = Area.none
    /// Of a feature: the features that respond alike, and the neurons that go with it.
    private(set) var nearest = Area.none
    private(set) var neurons = Area.none
    let histogram: Area
    private(set) var raises = Area.none
    private(set) var lowers = Area.none

    init(in area: Area, of profile: UnitProfile?) {
        let hasEffects = profile?.raises.isEmpty == false
        // Where there are none a line says why.
        let lacksEffects = profile != nil && !hasEffects
        let isFeature = profile?.feature != nil
        var rest = area
        if area.width >= 64 {
            // Two columns: words and figures left, pictures right.
            var left = rest.takeLeft(area.width * 9 / 20)
            _ = rest.takeLeft(2)
            var effects = left.takeBottom(hasEffects ? min(14, left.height / 3) : lacksEffects ? 1 : 0)
            // Concepts first; what they leave is the histogram's.
            let wanted = isFeature ? left.height * 2 / 3 : min(profile?.concepts.count ?? 0, left.height * 2 / 3)
            histogram = left.takeBottom(max(min(9, left.height / 3), min(16, left.height - wanted)))
            raises = effects.takeTop((effects.height + 1) / 2)
            lowers = effects
            if isFeature {
                var company = rest.takeBottom(rest.height >= 16 ? 6 : 0)
                nearest = company.takeLeft(company.width / 2 - 1)
                _ = company.takeLeft(2)
                neurons = company
                does = left.takeBottom(left.height / 2)
                responds = left.takeTop(1)
                mostActivating = rest
            } else {
                mostActivating = rest.takeTop((rest.height + 1) / 2)
                leastActivating = rest
            }
            concepts = left
        } else {
            var effects = rest.takeBottom(rest.height < 12 ? 0 : hasEffects ? 2 : lacksEffects ? 1 : 0)
            raises = effects.takeTop(1)
            lowers = effects
            if isFeature {
                var company = rest.takeBottom(rest.height >= 12 ? 2 : 0)
                nearest = company.takeTop(1)
                neurons = company
            }
            // Where lines are few, captions under the pictures are worth more than a taller histogram or a fifth concept.
            histogram = rest.takeBottom(rest.height >= 24 ? 3 : rest.height >= 16 ? 2 : 0)
            if isFeature {
                mostActivating = rest.takeBottom(rest.height >= 12 ? 6 : 0)
                does = rest.takeBottom(rest.height / 2)
                responds = rest.takeTop(1)
                concepts = rest
            } else {
                concepts = rest.takeTop(max(4, rest.height - 2 * min(10, max(6, rest.height * 3 / 8))))
                mostActivating = rest.takeTop(rest.height / 2)
                leastActivating = rest
            }
        }
    }
}

extension ProfileLayout {
    /// The images that the profile on a screen shows, in their order.
    static func pictures(of profile: UnitProfile, in layout: Layout) -> [ActivatingImage] {
        guard var area = layout[.profile] ?? layout.detail else { return [] }
        _ = area.takeTop(1)
        let parts = ProfileLayout(in: area, of: profile)
        return [(profile.mostActivating, parts.mostActivating), (profile.leastActivating, parts.leastActivating)]
            .flatMap { images, area in images.prefix(PictureGrid(of: images, titled: area)?.places.count ?? 0) }
    }
}

extension Area {
    fileprivate static let none = Area(column: 0, row: 0, width: 0, height: 0)
}
