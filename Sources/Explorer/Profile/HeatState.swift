import Analysis

/// Heat maps over the pictures of one unit, as far as they are known.
package struct HeatState: Sendable {
    /// Whether they are laid over the pictures.
    package var isShown = false
    private var unit: InternalUnit?
    private var maps: [Int: HeatMap] = [:]

    /// From now on of this unit.
    mutating func begin(_ unit: InternalUnit) {
        if self.unit != unit { (self.unit, maps) = (unit, [:]) }
    }

    mutating func take(_ new: [HeatMap]) {
        for map in new where map.unit == unit { maps[map.image] = map }
    }

    /// Of an image: its row among the probe images.
    func map(of unit: InternalUnit, _ image: Int) -> HeatMap? { self.unit == unit ? maps[image] : nil }
}

/// The pictures of a unit that are on the screen.
struct ShownPictures: Hashable {
    let unit: InternalUnit
    /// Rows of the probe images, in the order of the screen.
    let images: [Int]
}

extension State {
    /// Lays heat maps over the pictures, or takes them away.
    mutating func switchHeat() -> [Effect] {
        guard profile.heat.isShown || showsPictures else {
            tell("No picture of a unit on this screen for heat to lie over; v shows its images")
            return []
        }
        profile.heat.isShown.toggle()
        guard !profile.heat.isShown else {
            tell(
                study?.facts.pooling == "cls"
                    ? "Heat of the patches; the unit itself is read at the class token"
                    : "Heat: the unit's activation at each place of the layer")
            return []
        }
        return stopHeat()
    }

    private mutating func stopHeat() -> [Effect] {
        let job = jobs.stop(.heat)
        jobs.forget(.heat)
        return job.map { [.cancel($0)] } ?? []
    }

    /// Heat maps could not be had: the pictures are shown without.
    mutating func giveUpHeat() {
        profile.heat.isShown = false
        jobs.forget(.heat)
    }

    /// Asks for the maps of what is on the screen, as far as they are not known.
    mutating func heatRequests() -> [Effect] {
        guard profile.heat.isShown, let shown = shownPictures else { return [] }
        let missing = shown.images.filter { profile.heat.map(of: shown.unit, $0) == nil }
        guard !missing.isEmpty, let job = jobs.start(.heat, for: shown) else { return [] }
        profile.heat.begin(shown.unit)
        return [.heat(shown.unit, images: missing, job)]
    }

    /// Whether the screen has a place for pictures of the unit at hand, be they there already or not.
    private var showsPictures: Bool {
        if case .sheet = overlay { return true }
        return layout[.profile] != nil || layout.detail != nil && (screen != .findings || wantedUnit != nil)
    }

    /// The pictures of the unit at hand that the screen shows; nil where it shows none.
    var shownPictures: ShownPictures? {
        guard let unit = wantedUnit else { return nil }
        var images: [Int] = []
        if case .sheet(let place) = overlay {
            guard let sheet = profile.sheet, sheet.unit == unit else { return nil }
            let layout = SheetLayout(sheet, place, in: size)
            images =
                layout.enlarged.map { [$0.image] }
                ?? layout.lines.flatMap { line in
                    line.pictures.map { sheet.strips[line.strip].images[$0.index].image }
                }
        } else if overlay == nil, let shown = profile.shown, shown.unit == unit {
            images = ProfileLayout.pictures(of: shown, in: layout).map(\.image)
        }
        var seen: Set<Int> = []
        images = images.filter { seen.insert($0).inserted }
        return images.isEmpty ? nil : ShownPictures(unit: unit, images: images)
    }
}
