import Cache

/// JSON of an image that was left out.
struct SkippedDocument: Encodable {
    var image: String
    var reason: String

    /// The error without the file's name, which stands beside it.
    init(_ image: SkippedImage) {
        self.image = image.name
        reason =
            image.reason.firstRange(of: "\(image.name): ").map { String(image.reason[$0.upperBound...]) }
            ?? image.reason
    }
}
