import Analysis

/// What lies over the screen and takes the keys.
package enum Overlay: Sendable, Equatable {
    case help(offset: Int)
    case note(TextField, NoteSubject)
    /// The format, and the name of the file.
    case export(ListCursor, TextField)
    /// What of the thing at hand can be copied.
    case copy([Copy], ListCursor)
    /// What the interventions did to single images.
    case changes(ListCursor)
    /// Other classes to count on, and their prompts.
    case words(WordsEditor)
    /// The study's layers, and its concept sets.
    case layers(ListCursor)
    case conceptSets(ListCursor)
    /// Images of the unit at hand over the range of its activation.
    case sheet(SheetPlace)
    /// The themes, each shown as the cursor comes to it; and which was chosen before.
    case themes(ListCursor, before: Int)
    /// Everything by name.
    case palette(PaletteState)
    /// Long work: what runs, and what can be begun.
    case work(WorkPanel)
    /// The tables of an evaluation, from a line on.
    case evaluation(offset: Int)

    var isChanges: Bool { if case .changes = self { true } else { false } }

    /// The cursor of the list in it.
    var cursor: ListCursor? {
        get {
            switch self {
            case .export(let cursor, _), .changes(let cursor), .layers(let cursor), .conceptSets(let cursor),
                .themes(let cursor, _), .copy(_, let cursor):
                cursor
            case .palette(let palette): palette.cursor
            case .work(let panel): panel.cursor
            case .help, .note, .words, .sheet, .evaluation: nil
            }
        }
        set {
            guard let newValue else { return }
            switch self {
            case .export(_, let name): self = .export(newValue, name)
            case .copy(let copies, _): self = .copy(copies, newValue)
            case .changes: self = .changes(newValue)
            case .layers: self = .layers(newValue)
            case .conceptSets: self = .conceptSets(newValue)
            case .palette(var palette):
                palette.cursor = newValue
                self = .palette(palette)
            case .work(var panel):
                panel.cursor = newValue
                self = .work(panel)
            case .themes(_, let before): self = .themes(newValue, before: before)
            case .help, .note, .words, .sheet, .evaluation: break
            }
        }
    }
}

/// What a note is written for.
package enum NoteSubject: Sendable, Equatable {
    case new(Finding.Subject, by: Search = Search())
    case existing(id: Int64)
}

package struct Message: Sendable, Equatable {
    package enum Tone: Sendable { case plain, success, failure }
    package var text: String
    package var tone: Tone
}
