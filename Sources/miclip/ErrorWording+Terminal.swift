import CursesTerminal
import Explorer

extension ErrorWording {
    static func words(_ error: TerminalError) -> String {
        switch error {
        case .notATerminal:
            "the explorer needs a terminal on standard input and output; for scripts see `miclip --help`"
        case .unknownTerminal(let name):
            name.isEmpty
                ? "TERM is not set; expected the name of a terminal, such as xterm-256color"
                : "TERM=\(name) is not in the terminal database; try TERM=xterm-256color"
        case .cannotPositionCursor(let name):
            "TERM=\(name) cannot position the cursor, which the explorer needs; for scripts see `miclip --help`"
        case .system(let code): "the terminal cannot be used: \(system(code))"
        }
    }

    static func words(_ error: ThemeError) -> String {
        let place = [error.file, error.line.map { "line \($0)" }, error.key].compactMap { $0 }.joined(separator: ": ")
        let fault =
            switch error.fault {
            case .syntax(let words): "not YAML: \(words)"
            case .notAMapping: "expected lines of `role: colour`"
            case .unknownKey: "no such role; known are \(list(Role.allCases.map(\.rawValue)))"
            case .missingKey: "expected this key, found none"
            case .repeatedKey: "expected once, found twice"
            case .noName: "expected a name, found none"
            case .takenName(let name, let other): "expected another name, \(name) is that of \(other)"
            case .notAColor(let found): "expected #rrggbb or default, found \(found)"
            }
        return "\(place): \(fault)"
    }
}
