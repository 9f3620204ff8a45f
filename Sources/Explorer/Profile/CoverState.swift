import Analysis

/// A place of the enlarged image that is covered, and what was measured.
package struct CoverState: Sendable {
    /// What covers; kept from image to image.
    package var filling = Cover.Filling.grey
    /// The image and the unit that the rest is of; nil while nothing is covered.
    private(set) var subject: Subject?
    /// Where; nil until it is known how many places there are.
    private(set) var place: (row: Int, column: Int)?
    /// What was measured last; of an older place until the newer one is measured.
    private(set) var measured: CoveredImage?

    struct Subject: Hashable, Sendable {
        let unit: InternalUnit
        let image: Int
    }

    /// What is covered.
    var cover: Cover? { place.map { Cover(row: $0.row, column: $0.column, filling: filling) } }

    mutating func begin(_ subject: Subject) { (self.subject, place, measured) = (subject, nil, nil) }

    mutating func end() { (subject, place, measured) = (nil, nil, nil) }

    /// Moves to a neighbour; stops at the edge.
    mutating func move(columns: Int, rows: Int) {
        guard let known = measured, let now = place else { return }
        place = (
            max(0, min(known.rows - 1, now.row + rows)), max(0, min(known.columns - 1, now.column + columns))
        )
    }

    /// - Parameter first: where to cover first.
    mutating func take(_ new: CoveredImage, first: (row: Int, column: Int)?) {
        guard subject == Subject(unit: new.unit, image: new.image) else { return }
        measured = new
        if place == nil { place = first ?? (new.rows / 2, new.columns / 2) }
    }

    /// Whether what was measured is of the place that is covered now.
    var isCurrent: Bool { measured?.cover != nil && measured?.cover == cover }
}

/// What is to be measured.
struct CoverRequest: Hashable, Sendable {
    let subject: CoverState.Subject
    let cover: Cover?
}

extension State {
    /// The image that fills the screen.
    var enlargedImage: ActivatingImage? {
        guard case .sheet(let place) = overlay, place.isEnlarged, let sheet = profile.sheet, sheet.unit == wantedUnit
        else { return nil }
        return place.image(on: sheet)
    }

    /// Covers a place of the enlarged image: the hottest first where that is known, else the middle; then its neighbours.
    mutating func cover(columns: Int, rows: Int) {
        guard let image = enlargedImage, let unit = wantedUnit else { return }
        let subject = CoverState.Subject(unit: unit, image: image.image)
        guard profile.cover.subject == subject else { return profile.cover.begin(subject) }
        profile.cover.move(columns: columns, rows: rows)
    }

    /// Another filling; covers where nothing is covered yet.
    mutating func switchFilling() {
        guard profile.cover.subject != nil else { return cover(columns: 0, rows: 0) }
        profile.cover.filling = profile.cover.filling.next
    }

    /// Takes the cover away; false where there was none.
    mutating func uncover() -> Bool {
        guard profile.cover.subject != nil else { return false }
        profile.cover.end()
        jobs.forget(.cover)
        return true
    }

    /// Asks for what is covered and not measured.
    mutating func coverRequests() -> [Effect] {
        guard let subject = profile.cover.subject else { return [] }
        guard enlargedImage?.image == subject.image, wantedUnit == subject.unit else {
            _ = uncover()
            return []
        }
        let cover = profile.cover
        guard !cover.isCurrent, let job = jobs.start(.cover, for: CoverRequest(subject: subject, cover: cover.cover))
        else { return [] }
        return [.cover(subject.unit, image: subject.image, cover.cover, before: cover.measured?.before, job)]
    }

    mutating func takeCovered(_ new: CoveredImage) {
        let map = profile.heat.isShown ? profile.heat.map(of: new.unit, new.image) : nil
        let fits = map.map { ($0.rows, $0.columns) == (new.rows, new.columns) } == true
        profile.cover.take(new, first: fits ? map?.hottest : nil)
    }
}
