extension KeyTable {
    /// The table as `docs/keys.md` has it, in Markdown: every key outside text fields and dialogs, a line for each place where
    /// keys are in force.
    package static var markdown: String {
        let lines = HelpText.scopes.filter { $0 != .field }.map { scope in
            let keys = bindings.filter { $0.scope == scope }.map { binding in
                binding.keys.map { "`\($0.label)`" }.joined(separator: " ") + " " + binding.help
            }
            return "| \(scope.rawValue) | \(keys.joined(separator: " · ")) |"
        }
        return (["| where | keys |", "|---|---|"] + lines).joined(separator: "\n") + "\n"
    }
}
