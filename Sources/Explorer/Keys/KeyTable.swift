/// The one table of keys: it makes dispatch, the footer, the help overlay and the manual page.
public enum KeyTable {
    public static let bindings: [Binding] =
        units + profile + table + steering + changes + findings + map + list + field + note + exporting + words
        + helping
        + opening
        + browsing
        + everywhere

    private static let units = [
        Binding(.units, [.enter, .character("l"), .right], .enter, "profile", "go to the unit's profile"),
        Binding(.units, [.character("r")], .switchRanking, "ranking", "rank by contribution or by cosine"),
        Binding(.units, [.character("F")], .switchUnits, nil, "neurons or features"),
        Binding(
            .units, [.character("["), .character("-")], .resize(by: -1), nil, "one unit fewer in the set to steer"),
        Binding(.units, [.character("]"), .character("+")], .resize(by: 1), nil, "one unit more in the set to steer"),
        Binding(.units, [.character("m")], .mark, "mark", "mark the unit as a finding"),
    ]

    private static let profile = [
        Binding(.profile, [.enter], .enter, "locate concept", "look for the units of this concept"),
        Binding(.profile, [.escape, .character("h"), .left], .previousPanel, "back", "back to the list"),
        Binding(.profile, [.character("m")], .mark, "mark", "mark the unit as a finding"),
    ]

    private static let table = [
        Binding(.table, [.enter, .character("l"), .right], .enter, "profile", "go to the unit's profile"),
        Binding(.table, [.character("s")], .nextSort, "sort", "sort by the next column"),
        Binding(.table, [.character("S")], .reverseSort, "reverse", "reverse the order"),
        Binding(.table, [.character("F")], .switchUnits, nil, "neurons or features"),
        Binding(.table, [.character("f")], .focusFilter, "filter", "show only units whose concept or number matches"),
        Binding(.table, [.character("m")], .mark, "mark", "mark the unit as a finding"),
    ]

    private static let steering = [
        Binding(.steering, [.left, .character("h")], .slide(-1, fine: false), "slide", "move the slider down a step"),
        Binding(.steering, [.right, .character("l")], .slide(1, fine: false), "slide", "move the slider up a step"),
        Binding(.steering, [.shiftLeft, .character("H")], .slide(-1, fine: true), nil, "a fine step down"),
        Binding(.steering, [.shiftRight, .character("L")], .slide(1, fine: true), nil, "a fine step up"),
        Binding(.steering, [.up, .character("k")], .move(.up), nil, "the slider above"),
        Binding(.steering, [.down, .character("j")], .move(.down), nil, "the slider below"),
        Binding(.steering, [.character("[")], .resize(by: -1), "size", "one unit fewer in the set (τ)"),
        Binding(.steering, [.character("]")], .resize(by: 1), "size", "one unit more in the set (τ)"),
        Binding(.steering, [.character("{")], .resize(by: -5), nil, "five units fewer"),
        Binding(.steering, [.character("}")], .resize(by: 5), nil, "five units more"),
        Binding(.steering, [.character("o")], .switchOperator, "operator", "scale activations or add to them"),
        Binding(.steering, [.character("e")], .preset(2), nil, "enhance: scale by 2"),
        Binding(.steering, [.character("i")], .preset(-1), nil, "invert: scale by −1"),
        Binding(.steering, [.character("0")], .remove, "β=0", "β = 0: scaling then removes the units"),
        Binding(.steering, [.character("=")], .resetToIdentity, "reset", "the β that changes nothing"),
        Binding(.steering, [.home], .slideToStart, nil, "the least β"),
        Binding(.steering, [.end], .slideToEnd, nil, "the greatest β"),
        Binding(.steering, [.character("r")], .switchRanking, nil, "take the units by contribution or by cosine"),
        Binding(.steering, [.character("F")], .switchUnits, nil, "neurons or features"),
        Binding(.steering, [.character("m")], .mark, "mark", "mark the intervention as a finding"),
        Binding(.steering, [.character("a")], .addIntervention, "add", "one more intervention"),
        Binding(.steering, [.enter, .character("c")], .showChanges, "changes", "what happened, image by image"),
        Binding(.steering, [.character("x")], .muteIntervention, "mute", "mute or unmute the intervention"),
        Binding(.steering, [.character("u")], .undoSteering, "undo", "undo the last change of a slider or set"),
        Binding(.steering, [.control("r")], .redoSteering, nil, "redo what was undone"),
        Binding(.steering, [.character(",")], .selectIntervention(by: -1), nil, "the intervention above"),
        Binding(.steering, [.character(".")], .selectIntervention(by: 1), nil, "the intervention below"),
        Binding(.steering, [.character("<")], .moveIntervention(by: -1), nil, "let it act one earlier"),
        Binding(.steering, [.character(">")], .moveIntervention(by: 1), nil, "let it act one later"),
        Binding(.steering, [.character("D"), .delete], .deleteIntervention, nil, "delete the intervention"),
        Binding(
            .steering, [.character("g")], .switchPrecision, nil, "count all images, or to within a point"),
        Binding(
            .steering, [.character("C")], .editWords, nil, "other classes and prompts, of a CLIP"
        ),
        Binding(.steering, [.character("w")], .writeSession, nil, "write the session to a file, for miclip replay"),
    ]

    private static let changes = [
        Binding(.changes, [.up, .character("k")], .move(.up), "image", "the image above"),
        Binding(.changes, [.down, .character("j")], .move(.down), "image", "the image below"),
        Binding(.changes, [.pageUp], .move(.pageUp), nil, "a page of images up"),
        Binding(.changes, [.pageDown], .move(.pageDown), nil, "a page of images down"),
        Binding(
            .changes, [.escape, .enter, .character("c"), .character("q")], .cancel, "back", "back to the sliders"),
    ]

    private static let findings = [
        Binding(.findings, [.character("n"), .enter], .editNote, "note", "write the finding's note"),
        Binding(.findings, [.character("e")], .export, "export", "write the findings to a file"),
        Binding(.findings, [.character("D"), .delete], .delete, "delete", "delete the finding"),
        Binding(.findings, [.character("u")], .undoDelete, "undo", "bring back what was deleted last"),
    ]

    private static let map = [
        Binding(.map, [.enter], .enter, "profile", "go to the unit's profile"),
        Binding(.map, [.left, .character("h")], .nearestUnit(-1, 0), "unit", "the nearest unit to the left"),
        Binding(.map, [.right, .character("l")], .nearestUnit(1, 0), "unit", "the nearest unit to the right"),
        Binding(.map, [.up, .character("k")], .nearestUnit(0, -1), "unit", "the nearest unit above"),
        Binding(.map, [.down, .character("j")], .nearestUnit(0, 1), "unit", "the nearest unit below"),
        Binding(.map, [.character("+")], .zoomMap(1), "zoom", "zoom in on the unit"),
        Binding(.map, [.character("-")], .zoomMap(-1), "zoom", "zoom out"),
        Binding(.map, [.character("=")], .wholeMap, nil, "the whole map"),
        Binding(.map, [.character("c")], .switchColoring, "colour", "colour by super-category or by class"),
        Binding(.map, [.character("F")], .switchUnits, nil, "neurons or features"),
        Binding(.map, [.character("n")], .nextOfGroup(1), nil, "the next unit of this colour"),
        Binding(.map, [.character("N")], .nextOfGroup(-1), nil, "the unit of this colour before"),
        Binding(.map, [.character("H"), .shiftLeft], .panMap(-1, 0), nil, "move the window left"),
        Binding(.map, [.character("L"), .shiftRight], .panMap(1, 0), nil, "move the window right"),
        Binding(.map, [.character("K")], .panMap(0, -1), nil, "move the window up"),
        Binding(.map, [.character("J")], .panMap(0, 1), nil, "move the window down"),
        Binding(.map, [.character("m")], .mark, "mark", "mark the unit as a finding"),
        Binding(.map, [.character("r")], .mapAgain, nil, "lay the units out again, where it was stopped"),
    ]

    private static let list = [
        Binding(.list, [.up, .character("k")], .move(.up), nil, "up"),
        Binding(.list, [.down, .character("j")], .move(.down), nil, "down"),
        Binding(.list, [.pageUp, .control("b")], .move(.pageUp), nil, "a page up"),
        Binding(.list, [.pageDown, .control("f")], .move(.pageDown), nil, "a page down"),
        Binding(.list, [.home, .character("g")], .move(.first), nil, "to the first"),
        Binding(.list, [.end, .character("G")], .move(.last), nil, "to the last"),
    ]

    private static let field = [
        Binding(.field, [.enter, .down], .accept, "to the list", "leave the field for what it found"),
        Binding(.field, [.escape], .leaveField, "leave", "leave the field"),
        Binding(.field, [.left], .edit(.left), nil, "a character left"),
        Binding(.field, [.right], .edit(.right), nil, "a character right"),
        Binding(.field, [.wordLeft, .alt("b")], .edit(.wordLeft), nil, "a word left"),
        Binding(.field, [.wordRight, .alt("f")], .edit(.wordRight), nil, "a word right"),
        Binding(.field, [.home, .control("a")], .edit(.start), nil, "to the start"),
        Binding(.field, [.end, .control("e")], .edit(.end), nil, "to the end"),
        Binding(.field, [.backspace], .edit(.deleteBackward), nil, "delete the character before"),
        Binding(.field, [.delete, .control("d")], .edit(.deleteForward), nil, "delete the character after"),
        Binding(.field, [.control("w"), .wordBackspace], .edit(.deleteWord), nil, "delete the word before"),
        Binding(.field, [.alt("d")], .edit(.deleteWordForward), nil, "delete the word after"),
        Binding(.field, [.control("u")], .edit(.deleteToStart), "clear", "delete all before"),
        Binding(.field, [.control("k")], .edit(.deleteToEnd), nil, "delete all after"),
    ]

    private static let note = [
        Binding(.note, [.enter], .accept, "keep", "keep it with this note"),
        Binding(.note, [.escape], .cancel, "cancel", "go back without keeping it"),
    ]

    private static let words = [
        Binding(.words, [.enter], .accept, "count on these", "count on these classes"),
        Binding(.words, [.up], .move(.up), "line", "the line above"),
        Binding(.words, [.down], .move(.down), "line", "the line below"),
        Binding(.words, [.pageUp], .move(.pageUp), nil, "to the prompts"),
        Binding(.words, [.pageDown], .move(.pageDown), nil, "to the end"),
        Binding(.words, [.escape], .cancel, "cancel", "go back without changing them"),
    ]

    private static let exporting = [
        Binding(.exporting, [.enter], .accept, "write", "write the file"),
        Binding(.exporting, [.up, .character("k")], .move(.up), nil, "up"),
        Binding(.exporting, [.down, .character("j")], .move(.down), nil, "down"),
        Binding(.exporting, [.character("1")], .exportAs(0), nil, "JSON"),
        Binding(.exporting, [.character("2")], .exportAs(1), nil, "CSV"),
        Binding(.exporting, [.character("3")], .exportAs(2), nil, "Markdown"),
        Binding(.exporting, [.escape, .character("q")], .cancel, "cancel", "go back"),
    ]

    private static let helping = [
        Binding(.helping, [.up, .character("k")], .move(.up), "scroll", "up"),
        Binding(.helping, [.down, .character("j")], .move(.down), "scroll", "down"),
        Binding(.helping, [.pageUp], .move(.pageUp), nil, "a page up"),
        Binding(.helping, [.pageDown, .character(" ")], .move(.pageDown), nil, "a page down"),
        Binding(.helping, [.escape, .character("?"), .character("q"), .enter], .cancel, "close", "close the help"),
    ]

    private static let opening = [
        Binding(
            .opening, [.escape, .character("q")], .quit, "stop", "stop; the next start goes on from here")
    ]

    private static let browsing = [
        Binding(.browsing, [.character("/")], .focusConcept, "concept", "type a concept"),
        Binding(.browsing, [.character("1")], .show(.locate), nil, "Locate: the units of a concept"),
        Binding(.browsing, [.character("2")], .show(.units), nil, "Units: every unit of the layer"),
        Binding(.browsing, [.character("3")], .show(.steer), nil, "Steer: turn units up and down"),
        Binding(.browsing, [.character("4")], .show(.findings), nil, "Findings: what was marked"),
        Binding(.browsing, [.character("5")], .show(.map), nil, "Map: the units by what they mean"),
        Binding(.browsing, [.character("T")], .switchTheme, nil, "dark or light theme"),
        Binding(.browsing, [.character("M")], .switchMouse, nil, "leave the mouse to the terminal, to select text"),
        Binding(.browsing, [.escape], .cancel, nil, "stop what is running; let go of a message"),
        Binding(.browsing, [.character("?"), .function(1)], .help, "help", "these keys"),
        Binding(.browsing, [.character("q")], .quit, "quit", "quit; the next start comes back to this place"),
    ]

    private static let everywhere = [
        Binding(.everywhere, [.tab], .nextPanel, nil, "the next panel"),
        Binding(.everywhere, [.backTab], .previousPanel, nil, "the panel before"),
        Binding(.everywhere, [.control("r")], .switchRanking, nil, "rank by contribution or by cosine"),
        Binding(.everywhere, [.control("l")], .redraw, nil, "draw the screen anew"),
        Binding(.everywhere, [.control("z")], .suspend, nil, "put the program to sleep (`fg` wakes it)"),
        Binding(.everywhere, [.control("c"), .control("q")], .quit, nil, "quit, even from a text field"),
    ]

    /// What a key does in the given scopes; nil where it is not bound.
    public static func command(for key: Key, in scopes: [Scope]) -> Command? {
        for scope in scopes {
            if let binding = bindings.first(where: { $0.scope == scope && $0.keys.contains(key) }) {
                return binding.command
            }
        }
        return nil
    }
}

extension Key {
    /// The key as the footer and the help write it.
    public var label: String {
        switch self {
        case .character(" "): "Space"
        case .character(let character): String(character)
        case .control(let character): "Ctrl-" + String(character).uppercased()
        case .enter: "Enter"
        case .escape: "Esc"
        case .tab: "Tab"
        case .backTab: "Shift-Tab"
        case .backspace: "Backspace"
        case .delete: "Del"
        case .up: "↑"
        case .down: "↓"
        case .left: "←"
        case .right: "→"
        case .shiftLeft: "Shift-←"
        case .shiftRight: "Shift-→"
        case .home: "Home"
        case .end: "End"
        case .pageUp: "PgUp"
        case .pageDown: "PgDn"
        case .alt(let character): "Alt-" + String(character).uppercased()
        case .wordLeft: "Ctrl-←"
        case .wordRight: "Ctrl-→"
        case .wordBackspace: "Alt-Backspace"
        case .function(let number): "F\(number)"
        }
    }
}
