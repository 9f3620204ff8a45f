import Files

extension [String: Int] {
    /// Token numbers by token: every number from 0 occurs once.
    init(tokens members: [String: JSON], in file: String) throws(VisionModelsError) {
        self.init(minimumCapacity: members.count)
        var isUsed = [Bool](repeating: false, count: members.count)
        for (token, value) in members {
            guard let identifier = value.integer, isUsed.indices.contains(identifier) else {
                throw .malformedVocabulary(file: file, .identifier(token: token, found: value.summary))
            }
            guard !isUsed[identifier] else {
                throw .malformedVocabulary(file: file, .repeatedIdentifier(identifier))
            }
            isUsed[identifier] = true
            self[token] = identifier
        }
    }
}
