import Cache

/// JSON of an image that was left out.
struct SkippedDocument: Encodable {
    var image: String
    var reason: String

    /// The error without the file's name, which stands beside it, but with the line of a list that names it.
    init(_ image: SkippedImage) {
        self.image = image.name
        guard let name = image.reason.firstRange(of: "\(image.name): ") else {
            reason = image.reason
            return
        }
        let line = image.reason[..<name.lowerBound].firstMatch(of: #/: line (\d+): /#)?.1
        reason = image.reason[name.upperBound...] + (line.map { " (line \($0) of the list)" } ?? "")
    }
}
