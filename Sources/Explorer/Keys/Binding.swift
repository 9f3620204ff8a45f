/// One line of the key table.
public struct Binding: Sendable, Hashable {
    public let scope: Scope
    public let keys: [Key]
    public let command: Command
    /// One word for the footer; nil keeps it to the help.
    public let label: String?
    /// What it does, for the help overlay and the manual.
    public let help: String

    init(_ scope: Scope, _ keys: [Key], _ command: Command, _ label: String?, _ help: String) {
        self.scope = scope
        self.keys = keys
        self.command = command
        self.label = label
        self.help = help
    }
}
