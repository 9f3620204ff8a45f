import Analysis

/// What lies over the screen and takes the keys.
package enum Overlay: Sendable, Equatable {
    case help(offset: Int)
    case note(TextField, NoteSubject)
    case export(ListCursor)
    /// What the interventions did to single images.
    case changes(ListCursor)
    /// Other classes to count on, and their prompts.
    case words(WordsEditor)
    /// The study's layers, and its concept sets.
    case layers(ListCursor)
    case conceptSets(ListCursor)

    var isChanges: Bool { if case .changes = self { true } else { false } }

    /// The cursor of the list in it.
    var cursor: ListCursor? {
        get {
            switch self {
            case .export(let cursor), .changes(let cursor), .layers(let cursor), .conceptSets(let cursor): cursor
            case .help, .note, .words: nil
            }
        }
        set {
            guard let newValue else { return }
            switch self {
            case .export: self = .export(newValue)
            case .changes: self = .changes(newValue)
            case .layers: self = .layers(newValue)
            case .conceptSets: self = .conceptSets(newValue)
            case .help, .note, .words: break
            }
        }
    }
}

/// What a note is written for.
package enum NoteSubject: Sendable, Equatable {
    case new(Finding.Subject)
    case existing(id: Int64)
}

package struct Message: Sendable, Equatable {
    package enum Tone: Sendable { case plain, success, failure }
    package var text: String
    package var tone: Tone
}
