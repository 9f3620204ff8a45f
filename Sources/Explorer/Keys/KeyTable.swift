/// The one table of keys: it makes dispatch, the footer, the help overlay and the manual page.
package enum KeyTable {
    package static let bindings: [Binding] =
        units + profile + table + steering + changes + findings + map + list + field + note + exporting + copying
        + words
        + layers + conceptSets + sheet + enlarged + themes + palette + evaluation + circuit + comparing
        + choosingConcept + concepts
        + comparingLayers + frequency + columns + newStudy + withoutStudy
        + work
        + typingWork + helping + searchingHelp
        + opening + browsing
        + everywhere

    private static let list = [
        Binding(.list, [.up, .character("k")], .move(.up), nil, "up"),
        Binding(.list, [.down, .character("j")], .move(.down), nil, "down"),
        Binding(.list, [.pageUp, .control("b")], .move(.pageUp), nil, "a page up"),
        Binding(.list, [.pageDown, .control("f")], .move(.pageDown), nil, "a page down"),
        Binding(.list, [.home], .move(.first), nil, "to the first"),
        Binding(.list, [.end, .character("G")], .move(.last), nil, "to the last"),
    ]

    private static let field = [
        Binding(.field, [.up], .recall(1), nil, "the concept before"),
        Binding(.field, [.down], .recall(-1), nil, "the concept after; to the list from the newest"),
        Binding(.field, [.enter], .accept, "to the list", "leave the field for what it found"),
        Binding(.field, [.escape], .leaveField, "leave", "leave the field as it was before"),
        Binding(.field, [.left], .edit(.left), nil, "a character left"),
        Binding(.field, [.right], .edit(.right), nil, "right; at the end, the concept suggested"),
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

    private static let helping = [
        Binding(.helping, [.up, .character("k")], .move(.up), "scroll", "up"),
        Binding(.helping, [.down, .character("j")], .move(.down), "scroll", "down"),
        Binding(.helping, [.pageUp], .move(.pageUp), nil, "a page up"),
        Binding(.helping, [.pageDown, .character(" ")], .move(.pageDown), nil, "a page down"),
        Binding(.helping, [.character("/")], .focusFilter, "search", "find a key or a figure by a part of it"),
        Binding(.helping, [.escape, .character("?"), .character("q"), .enter], .cancel, "close", "close the help"),
    ]

    private static let searchingHelp = [
        Binding(.searchingHelp, [.up], .move(.up), "scroll", "up"),
        Binding(.searchingHelp, [.down], .move(.down), "scroll", "down"),
        Binding(.searchingHelp, [.pageUp], .move(.pageUp), nil, "a page up"),
        Binding(.searchingHelp, [.pageDown], .move(.pageDown), nil, "a page down"),
        Binding(.searchingHelp, [.escape], .cancel, "all of it", "all of the help again"),
        Binding(.searchingHelp, [.enter], .accept, "close", "close the help"),
    ]

    private static let opening = [
        Binding(
            .opening, [.escape, .character("q")], .quit, "stop", "stop; the next start goes on from here")
    ]

    private static let browsing = [
        Binding(.browsing, [.character("/")], .focusConcept, "concept", "type a concept"),
        Binding(.browsing, [.character(":")], .palette, nil, "go to anything by its name"),
        Binding(.browsing, [.backspace, .wordLeft], .travel(-1), nil, "back to the place before"),
        Binding(.browsing, [.wordRight], .travel(1), nil, "forward again"),
        Binding(.browsing, [.character("1")], .show(.locate), nil, "Locate: the units of a concept"),
        Binding(.browsing, [.character("2")], .show(.units), nil, "Units: every unit of the layer"),
        Binding(.browsing, [.character("3")], .show(.steer), nil, "Steer: turn units up and down"),
        Binding(.browsing, [.character("4")], .show(.findings), nil, "Findings: what was marked"),
        Binding(.browsing, [.character("5")], .show(.map), nil, "Map: the units by what they mean"),
        Binding(.browsing, [.character("L")], .chooseLayer, nil, "another layer of the study"),
        Binding(.browsing, [.character("V")], .chooseConceptSet, nil, "another concept set to describe units by"),
        Binding(.browsing, [.character("E")], .evaluate, nil, "every table of the layer, with its controls"),
        Binding(.browsing, [.character("B")], .work, nil, "long work beside: extract, align, train, import"),
        Binding(
            .browsing, [.character("O")], .makeStudy, nil, "make a study of images and a model, or open one"
        ),
        Binding(.browsing, [.character("W")], .showCircuit, nil, "what the unit moves in later layers: a circuit"),
        Binding(.browsing, [.character("C")], .compareUnits, nil, "units like this one; what other methods call it"),
        Binding(
            .browsing, [.character("X")], .compareConcepts, nil,
            "two concepts side by side, shared units marked"),
        Binding(.browsing, [.character("v")], .showSheet, nil, "the unit's images, from most to least active"),
        Binding(.browsing, [.character("p")], .switchHeat, nil, "heat: where in its images the unit is active"),
        Binding(
            .browsing, [.character("y")], .copy, nil,
            "copy the unit, its row, or its command"),
        Binding(.browsing, [.character("T")], .switchTheme, nil, "another theme"),
        Binding(.browsing, [.character("M")], .switchMouse, nil, "leave the mouse to the terminal, to select text"),
        Binding(.browsing, [.escape], .cancel, nil, "stop what is running; let go of a message"),
        Binding(.browsing, [.character("?"), .function(1)], .help, "help", "these keys"),
        Binding(.browsing, [.character("q")], .quit, "quit", "quit; the next start comes back to this place"),
    ]

    private static let everywhere = [
        Binding(.everywhere, [.tab], .nextPanel, nil, "the next panel"),
        Binding(.everywhere, [.backTab], .previousPanel, nil, "the panel before"),
        Binding(.everywhere, [.control("r")], .switchRanking, nil, "rank by the next ranking"),
        Binding(.everywhere, [.control("l")], .redraw, nil, "draw the screen anew"),
        Binding(.everywhere, [.control("z")], .suspend, nil, "put the program to sleep (`fg` wakes it)"),
        Binding(.everywhere, [.control("c"), .control("q")], .quit, nil, "quit, even from a text field"),
    ]

    /// What a key does in the given scopes; nil where it is not bound.
    package static func command(for key: Key, in scopes: [Scope]) -> Command? { binding(for: key, in: scopes)?.command }

    /// The line of the table that a key stands in, the nearest scope first.
    static func binding(for key: Key, in scopes: [Scope]) -> Binding? {
        for scope in scopes {
            if let line = lines[Line(scope: scope, key: key)] { return line }
        }
        return nil
    }

    private struct Line: Hashable {
        var scope: Scope
        var key: Key
    }

    private static let lines: [Line: Binding] = Dictionary(
        bindings.flatMap { binding in binding.keys.map { (Line(scope: binding.scope, key: $0), binding) } }
    ) { first, _ in first }
}
