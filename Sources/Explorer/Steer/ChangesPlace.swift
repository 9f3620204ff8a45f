import Analysis

/// Which of the images that changed are shown.
package enum ChangeGroup: Sendable, Hashable {
    case all, wrong, right, otherwise
    /// Answers that went from one class to another.
    case pair(from: Int, to: Int)

    /// Whether a change is in it.
    func holds(_ change: PredictionChanges.Change) -> Bool {
        switch self {
        case .all: true
        case .wrong: change.kind == .turnedWrong
        case .right: change.kind == .turnedRight
        case .otherwise: change.kind == .wrongOtherwise
        case .pair(let from, let to): change.from == from && change.to == to
        }
    }
}

/// The place among what happened: a group of images, and one of them.
package struct ChangesPlace: Sendable, Equatable {
    /// In the list of the group's images, and in the list of groups.
    package var images = ListCursor()
    package var groups = ListCursor()
    /// Whether the keys are the groups'.
    package var isOnGroups = false

    package init(images: ListCursor = ListCursor(), groups: ListCursor = ListCursor(), isOnGroups: Bool = false) {
        (self.images, self.groups, self.isOnGroups) = (images, groups, isOnGroups)
    }

    /// Of the list that has the keys. Another group begins at its first image.
    var cursor: ListCursor {
        get { isOnGroups ? groups : images }
        set {
            if isOnGroups {
                if newValue.selected != groups.selected { images = ListCursor() }
                groups = newValue
            } else {
                images = newValue
            }
        }
    }
}

/// What a look at single images is of.
struct CompareRequest: Hashable, Sendable {
    var steering: Steering
    var images: [Int]
}

extension State {
    /// The groups, each with its images' number: by what became of them, then by class pair, the most first.
    var changeGroups: [(group: ChangeGroup, images: Int)] {
        guard let changes = steer.inspected?.1.changes else { return [] }
        let kinds: [(ChangeGroup, Int)] = [
            (.all, changes.all.count), (.wrong, changes.flippedOut.count), (.right, changes.flippedIn.count),
            (.otherwise, changes.stillWrong.count),
        ]
        return kinds + changes.flows.map { (.pair(from: $0.from, to: $0.to), $0.images) }
    }

    /// The images of the group that is selected: those that turned wrong first.
    var shownChanges: [PredictionChanges.Change] {
        guard case .changes(let place) = overlay, let changes = steer.inspected?.1.changes else { return [] }
        let groups = changeGroups
        guard groups.indices.contains(place.groups.selected) else { return changes.all }
        let group = groups[place.groups.selected].group
        return group == .all ? changes.all : changes.all.filter(group.holds)
    }

    /// The image that is selected.
    var selectedChange: PredictionChanges.Change? {
        guard case .changes(let place) = overlay else { return nil }
        let shown = shownChanges
        return shown.indices.contains(place.images.selected) ? shown[place.images.selected] : nil
    }

    /// Asks for the image that is selected and its neighbours, before and after.
    mutating func compareRequests() -> [Effect] {
        guard case .changes(let place) = overlay, let steering = steer.inspected?.steering else { return [] }
        let shown = shownChanges
        guard shown.indices.contains(place.images.selected), steer.compared[shown[place.images.selected].image] == nil
        else { return [] }
        let first = place.images.selected / 8 * 8
        let images = shown[first..<min(shown.count, first + 8)].map(\.image)
        return jobs.start(.compare, for: CompareRequest(steering: steering, images: images)).map {
            [.compare(steering, images: images, $0)]
        } ?? []
    }

    mutating func take(_ inspection: Inspection, _ job: Job) {
        guard jobs.accept(job), let request = jobs.subject(.inspect) as? InspectRequest else { return }
        if steer.inspected?.steering != request.steering { steer.compared = [:] }
        steer.inspected = (request.steering, inspection)
        for image in inspection.images { steer.compared[image.position] = image }
    }

    mutating func take(_ images: [ImageComparison], _ job: Job) {
        guard jobs.accept(job), let request = jobs.subject(.compare) as? CompareRequest,
            request.steering == steer.inspected?.steering
        else { return }
        for image in images { steer.compared[image.position] = image }
    }
}
