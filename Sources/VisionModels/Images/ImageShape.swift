/// The size of an image.
public struct ImageShape: Sendable, Hashable, Codable, CustomStringConvertible {
    public var channels: Int
    public var height: Int
    public var width: Int

    public init(channels: Int, height: Int, width: Int) {
        self.channels = channels
        self.height = height
        self.width = width
    }

    public var count: Int { channels * height * width }

    /// `28x28x1`: height, width, channels.
    public var description: String { "\(height)x\(width)x\(channels)" }
}
