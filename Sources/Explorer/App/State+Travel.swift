import Analysis

/// A place that was looked at.
package struct Visit: Sendable {
    var layer: LayerReference
    var screen: Screen
    var concept: String
    /// The unit selected there.
    var unit: InternalUnit?
    /// A list over the screen that was left for one of its units: it is up again when one comes back.
    var list: Overlay?
}

/// The places of this session in order, and which of them is on show.
package struct Visits: Sendable {
    private(set) var all: [Visit] = []
    private(set) var place = -1

    /// Takes in where the user is now. Another unit of a list is no place of its own.
    mutating func note(_ visit: Visit) {
        if all.indices.contains(place), all[place].list == nil {
            let last = all[place]
            if (last.layer, last.screen, last.concept) == (visit.layer, visit.screen, visit.concept) {
                if visit.unit != nil { all[place].unit = visit.unit }
                return
            }
        }
        all.removeSubrange((place + 1)...)
        all.append(visit)
        if all.count > 200 { all.removeFirst() }
        place = all.count - 1
    }

    /// Notes that a list over the screen is left for one of its units.
    mutating func leave(_ list: Overlay) {
        if all.indices.contains(place) { all[place].list = list }
    }

    /// Goes back or forward; nil at either end.
    mutating func go(_ step: Int) -> Visit? {
        guard all.indices.contains(place + step) else { return nil }
        place += step
        defer { all[place].list = nil }
        return all[place]
    }
}

extension State {
    /// Notes where the user is, once nothing is typed and nothing lies over the screen.
    mutating func noteVisit() {
        guard let study, focus != .concept, focus != .filter, overlay == nil, layers.wanted == nil else { return }
        visits.note(
            Visit(
                layer: study.facts.reference, screen: screen, concept: steer.list.active.concept, unit: wantedUnit))
    }

    /// Back to a place before, or forward again.
    mutating func travel(by step: Int, _ study: OpenStudy) {
        guard let visit = visits.go(step) else { return tell(step < 0 ? "No place before" : "No place after") }
        screen = visit.screen
        if visit.layer == study.facts.reference {
            if steer.list.active.concept != visit.concept { concept = TextField(visit.concept) }
            if let unit = visit.unit { select(unit, for: visit.concept) }
            overlay = visit.list
        } else {
            layers.wanted = visit.layer
            layers.wantedList = visit.list
        }
        focus = home
    }

    /// Selects a unit on the present screen, now or once it is there.
    mutating func select(_ unit: InternalUnit, for concept: String) {
        switch screen {
        case .locate, .steer:
            if locate.found?.concept == concept, let row = locate.found?.units.firstIndex(where: { $0.unit == unit }) {
                locate.cursor.jump(to: row)
            } else {
                locate.wanted = (concept, unit)
            }
        case .units: units.select(unit)
        case .map: map.select(unit)
        case .findings: break
        }
    }
}
