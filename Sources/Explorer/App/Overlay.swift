import Analysis

/// What lies over the screen and takes the keys.
package enum Overlay: Sendable, Equatable {
    case help(HelpPlace)
    case note(TextField, NoteSubject)
    /// The format, and the name of the file.
    case export(ListCursor, TextField)
    /// The name of a file, and what goes into it.
    case fileName(TextField, FileToWrite)
    /// What of the thing at hand can be copied.
    case copy([Copy], ListCursor)
    /// What the interventions did to single images.
    case changes(ChangesPlace)
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
    /// What a unit moves in later layers.
    case circuit(ListCursor)
    /// Units like the one at hand, and one of them beside it.
    case compare(ComparePlace)
    /// What a new study is to be made of.
    case newStudy(NewStudyForm)
    /// Two concepts side by side.
    case concepts(ConceptPairPlace)
    /// Two layers, or two checkpoints, side by side.
    case layerComparison(LayerComparisonPlace)
    /// Which figures the table of all units has.
    case columns(ColumnsPlace)
    /// How many units each concept, class or category has.
    case frequency(FrequencyPlace)
    /// The tables of an evaluation, from a line on.
    case evaluation(offset: Int)

    /// Whether Enter leaves it for a unit that it names.
    var leadsToUnits: Bool {
        switch self {
        case .compare, .concepts, .layerComparison: true
        default: false
        }
    }

    var isChanges: Bool { if case .changes = self { true } else { false } }

    /// The cursor of the list in it.
    var cursor: ListCursor? {
        get {
            switch self {
            case .export(let cursor, _), .layers(let cursor), .conceptSets(let cursor),
                .themes(let cursor, _), .copy(_, let cursor), .circuit(let cursor):
                cursor
            case .palette(let palette): palette.cursor
            case .work(let panel): panel.cursor
            case .frequency(let place): place.cursor
            case .columns(let place): place.cursor
            case .compare(let place): place.cursor
            case .concepts(let place): place.cursor
            case .layerComparison(let place): place.cursor
            case .changes(let place): place.cursor
            case .help, .note, .fileName, .words, .sheet, .evaluation, .newStudy: nil
            }
        }
        set {
            guard let newValue else { return }
            switch self {
            case .export(_, let name): self = .export(newValue, name)
            case .copy(let copies, _): self = .copy(copies, newValue)
            case .changes(var place):
                place.cursor = newValue
                self = .changes(place)
            case .layers: self = .layers(newValue)
            case .conceptSets: self = .conceptSets(newValue)
            case .palette(var palette):
                palette.cursor = newValue
                self = .palette(palette)
            case .circuit: self = .circuit(newValue)
            case .compare(var place):
                place.cursor = newValue
                self = .compare(place)
            case .concepts(var place):
                place.cursor = newValue
                self = .concepts(place)
            case .layerComparison(var place):
                place.cursor = newValue
                self = .layerComparison(place)
            case .frequency(var place):
                place.cursor = newValue
                self = .frequency(place)
            case .columns(var place):
                place.cursor = newValue
                self = .columns(place)
            case .work(var panel):
                panel.cursor = newValue
                self = .work(panel)
            case .themes(_, let before): self = .themes(newValue, before: before)
            case .help, .note, .fileName, .words, .sheet, .evaluation, .newStudy: break
            }
        }
    }
}

/// What a note is written for.
package enum NoteSubject: Sendable, Equatable {
    case new(Finding.Subject, by: Search = Search())
    case existing(id: Int64)
}

/// What is written to a file whose name is asked for. (Findings are asked for their format too.)
package enum FileToWrite: Sendable, Hashable {
    /// These units with their figures.
    case units([InternalUnit], UnitKind)
    /// What was done on the steering screen.
    case session(SteeringRecord)
    /// The tables, which are shown from a line on.
    case evaluation(offset: Int)
}

package struct Message: Sendable, Equatable {
    package enum Tone: Sendable { case plain, success, failure }
    package var text: String
    package var tone: Tone
}
