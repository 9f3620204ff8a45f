/// One line of the key table.
package struct Binding: Sendable, Hashable {
    package let scope: Scope
    package let keys: [Key]
    package let command: Command
    /// One word for the footer; nil keeps it to the help.
    package let label: String?
    /// What it does, for the help overlay and the manual.
    package let help: String

    init(_ scope: Scope, _ keys: [Key], _ command: Command, _ label: String?, _ help: String) {
        self.scope = scope
        self.keys = keys
        self.command = command
        self.label = label
        self.help = help
    }
}
