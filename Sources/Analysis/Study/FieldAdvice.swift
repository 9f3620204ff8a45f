/// What is known of the text in a field of a new study.
package struct FieldAdvice: Sendable, Hashable {
    /// Texts that begin with it.
    package var completions: [String]
    /// What is to be said of it, in a few words; empty for nothing.
    package var note: String
    /// Whether nothing can be made of it.
    package var isFault: Bool

    package init(completions: [String] = [], note: String = "", isFault: Bool = false) {
        (self.completions, self.note, self.isFault) = (completions, note, isFault)
    }
}
