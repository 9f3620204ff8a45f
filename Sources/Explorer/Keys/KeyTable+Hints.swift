extension KeyTable {
    /// A key with one word for it, as the footer shows it.
    struct Hint: Equatable {
        var keys: String
        var label: String
        var command: Command
    }

    /// The footer for the given scopes. Neighbours with one label share it: `←→ slide`. A key that a nearer scope has
    /// taken is not shown again.
    static func hints(for scopes: [Scope]) -> [Hint] {
        var hints: [Hint] = []
        for scope in scopes {
            for binding in bindings where binding.scope == scope {
                guard let label = binding.label, let key = binding.keys.first,
                    command(for: key, in: scopes) == binding.command
                else { continue }
                if let last = hints.last, last.label == label {
                    // `←→` reads as two keys, `xEsc` does not.
                    hints[hints.count - 1].keys += (key.label.count == 1 ? "" : " ") + key.label
                } else if !hints.contains(where: { $0.command == binding.command }) {
                    hints.append(Hint(keys: key.label, label: label, command: binding.command))
                }
            }
        }
        return hints
    }
}
