/// The lines of the help overlay, made from the key table.
enum HelpText {
    enum Line: Equatable {
        case heading(String)
        case key(String, String)
        case blank
    }

    /// Those in force without a dialog, the most general first.
    static let scopes = [
        Scope.browsing, .everywhere, .list, .units, .profile, .table, .steering, .changes, .findings, .map, .field,
    ]

    static let lines: [Line] = Array(
        scopes.flatMap { scope -> [Line] in
            [.heading(scope.rawValue)]
                + KeyTable.bindings.filter { $0.scope == scope }
                .map { .key($0.keys.map(\.label).joined(separator: " "), $0.help) } + [.blank]
        }.dropLast())
}
