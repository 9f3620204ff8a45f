import Analysis

extension State {
    mutating func handle(_ event: TerminalEvent) -> [Effect] {
        switch event {
        case .key(let key): return handle(key)
        case .hurried(let key): return handle(key, isHurried: true)
        case .mouse(let mouse): return overlay == nil ? handle(mouse) : handleInOverlay(mouse)
        case .paste(let text): paste(text)
        case .resize(let size): self.size = size
        case .background(let color): appearance.follow(background: color)
        case .colors(let depth): appearance.depth = depth
        case .wake: break
        case .endOfInput: return quit()
        }
        return []
    }

    private mutating func handle(_ key: Key, isHurried: Bool = false) -> [Effect] {
        message = nil
        if isHurried, isTyping, overlay != nil, key == .enter {
            // A line break of the text: the note is kept, and the words are counted on, when Enter comes by itself.
            type(" ")
            return []
        }
        if let binding = KeyTable.binding(for: key, in: startsNoConcept(key) ? [.browsing] : scopes) {
            if isHurried, binding.command.isFinal || isExporting && binding.command == .accept {
                tell("\(key.label) came amid other keys, as in a paste: press it again")
                return []
            }
            // Sliders move nothing that could be counted.
            if binding.scope == .steering, !binding.command.choosesUnits, let why = study?.whyNotCounted {
                tell(why)
                return []
            }
            return overlay == nil ? perform(binding.command) : performInOverlay(binding.command)
        }
        if isTyping, case .character(let character) = key { type(String(character)) }
        return []
    }

    private var isExporting: Bool {
        if case .export = overlay { true } else { false }
    }

    /// `/` and `?` are commands even in the concept field, where a concept would begin.
    private func startsNoConcept(_ key: Key) -> Bool {
        guard focus == .concept, overlay == nil, key == .character("/") || key == .character("?") else { return false }
        return concept.isSelected || concept.text.isEmpty
    }

    private mutating func paste(_ text: String) {
        guard study != nil || overlay != nil else { return }
        if case .words(var editor) = overlay {
            editor.paste(text)
            overlay = .words(editor)
            return
        }
        if !isTyping {
            // Pasted text is a concept, wherever the focus was.
            guard overlay == nil, screen == .locate || screen == .steer else { return }
            focusConcept()
        }
        type(text)
    }

    private mutating func type(_ text: String) {
        changeField { $0.insert(text) }
    }

    mutating func edit(_ edit: TextField.Edit) {
        if edit == .right || edit == .end, completeConcept() { return }
        changeField { $0.apply(edit) }
    }

    /// The text field that takes what is typed.
    private var isTyping: Bool {
        switch overlay {
        case .note, .words, .palette, .export, .fileName, .newStudy: true
        case .work(let panel): panel.field != nil
        case .concepts(let place): place.other == nil
        case .help(let place): place.search != nil
        case .copy, .frequency, .columns, .compare, .circuit, .changes, .layers, .conceptSets, .sheet, .themes,
            .evaluation, .layerComparison:
            false
        case nil: focus == .concept || focus == .filter
        }
    }

    /// Changes the text field that takes what is typed.
    private mutating func changeField(_ change: (inout TextField) -> Void) {
        switch overlay {
        case .note(var field, let subject):
            change(&field)
            overlay = .note(field, subject)
        case .words(var editor):
            change(&editor.field)
            overlay = .words(editor)
        case .work(var panel):
            guard var field = panel.field else { break }
            change(&field)
            panel.field = field
            overlay = .work(panel)
        case .newStudy:
            changeNewStudy { form in
                change(&form.field)
                (form.cycle, form.recalled) = (nil, nil)
            }
        case .concepts(var place) where place.other == nil:
            change(&place.field)
            place.cursor = ListCursor()
            overlay = .concepts(place)
        case .export(let cursor, var name):
            change(&name)
            overlay = .export(cursor, name)
        case .fileName(var name, let file):
            change(&name)
            overlay = .fileName(name, file)
        case .help(var place):
            guard var search = place.search else { break }
            change(&search)
            (place.search, place.offset) = (search, 0)
            overlay = .help(place)
        case .palette(var palette):
            change(&palette.field)
            if let study { searchPalette(palette, study) }
        default:
            if focus == .concept {
                change(&concept)
                suggestConcept()
            }
            guard focus == .filter else { break }
            switch screen {
            case .findings: change(&findings.filter)
            case .map: if var search = map.search { change(&search); map.search = search }
            default: change(&units.filter)
            }
        }
    }

    func quit() -> [Effect] { study == nil ? [.quit] : [.saveSession(session), .quit] }
}
