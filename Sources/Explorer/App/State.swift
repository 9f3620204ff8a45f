import Analysis

/// Everything the explorer knows.
public struct State: Sendable {
    public var size: Size
    public var appearance: Appearance
    public var stage: Stage = .opening(nil, secondsElapsed: 0)
    public var screen: Screen = .locate
    public var focus: Panel = .concept
    public var overlay: Overlay?
    /// Shown in place of the footer until the next key.
    public var message: Message?
    public var isMouseCaptured = true

    public var locate = LocateState()
    public var units = UnitsState()
    public var steer = SteerState()
    /// Which units the screens show.
    public var unitKind: UnitKind { steer.list.units }
    public var findings = FindingsState()
    public var profile = ProfileState()
    public var map = MapState()
    var jobs = Jobs()

    public init(size: Size, appearance: Appearance) {
        self.size = size
        self.appearance = appearance
    }

    /// The open study; nil while opening.
    public var study: OpenStudy? {
        if case .open(let study) = stage { return study }
        return nil
    }

    /// The place to come back to.
    public var session: Session {
        Session(
            screen: screen, concept: locate.field.text, ranking: locate.ranking, setSize: steer.setSize,
            operator: steer.operator, scalingBeta: steer.scalingBeta, addingBeta: steer.addingBeta, sort: units.sort,
            isReversed: units.isReversed, steering: steer.list,
            theme: appearance.isChosen ? appearance.theme?.name : nil)
    }
}

/// How far the explorer has come.
public enum Stage: Sendable, Equatable {
    case opening(WorkProgress?, secondsElapsed: Double)
    /// The study could not be opened; why, in words for people.
    case failed(String)
    case open(OpenStudy)
}

public struct OpenStudy: Sendable, Equatable {
    public var facts: StudyFacts
    /// Whether the rest of the network is linear in the units, so that curves are exact and at once.
    public var isLinear: Bool
    /// Whether, where it is not, a formula gives the accuracy at any β.
    public var isClosedForm = false
    /// β of adding.
    public var adding: Slider
    /// The words of its classes as it was opened; nil where they are the model's own and cannot be others.
    public var ownWords: ClassWords?
    /// The words that are counted on now; nil for its own.
    public var words: ClassWords?
}

/// What can have the focus.
public enum Panel: Sendable, Hashable {
    case concept, units, profile, filter, table, steering, findings, map
}

/// What lies over the screen and takes the keys.
public enum Overlay: Sendable, Equatable {
    case help(offset: Int)
    case note(TextField, NoteSubject)
    case export(selected: Int)
    /// What the interventions did to single images.
    case changes(ListCursor)
    /// Other classes to count on, and their prompts.
    case words(WordsEditor)
}

/// What a note is written for.
public enum NoteSubject: Sendable, Equatable {
    case new(Finding.Subject)
    case existing(id: Int64)
}

public struct Message: Sendable, Equatable {
    public enum Tone: Sendable { case plain, success, failure }
    public var text: String
    public var tone: Tone
}

/// The concept field and the units found for it.
public struct LocateState: Sendable {
    public var field = TextField()
    public var ranking = Ranking.contribution
    /// The newest answer; an older one stays until the next is there.
    public var found: Localization?
    /// Whether its class is of words that are not counted on any more.
    var isOfOtherWords = false
    public var cursor = ListCursor()

    public var selectedUnit: InternalUnit? {
        guard let units = found?.units, units.indices.contains(cursor.selected) else { return nil }
        return units[cursor.selected].unit
    }
}

/// The profile of the unit selected on whichever screen.
public struct ProfileState: Sendable {
    public var shown: UnitProfile?
    /// Over its concepts.
    public var cursor = ListCursor()
}

/// What was marked, newest last as stored.
public struct FindingsState: Sendable {
    public var all: [Finding] = []
    public var cursor = ListCursor()
    /// Deleted in this session, to bring back; the last one on top.
    public var deleted: [Finding] = []

    public var selected: Finding? { all.indices.contains(cursor.selected) ? all[cursor.selected] : nil }

    func marks(_ unit: InternalUnit) -> Bool {
        all.contains {
            if case .unit(let description) = $0.subject { return description.unit == unit }
            return false
        }
    }
}
