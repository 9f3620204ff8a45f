/// Many paths in little memory: their bytes one after the other, without what all begin with.
struct PathList: Sendable {
    /// What a path that does not begin with a slash is relative to; empty for the working folder.
    private let base: String
    private var bytes: [UInt8] = []
    private var ends: [Int] = []

    /// - Parameter base: a folder's path, without a slash at its end.
    init(_ paths: some Sequence<String>, in base: String = "") {
        self.base = base
        let start = base + "/"
        for path in paths {
            bytes += !base.isEmpty && path.hasPrefix(start) ? path.utf8.dropFirst(start.utf8.count) : path.utf8[...]
            ends.append(bytes.count)
        }
    }

    var count: Int { ends.count }

    subscript(index: Int) -> String {
        let start = index == 0 ? 0 : ends[index - 1]
        let path = String(decoding: bytes[start..<ends[index]], as: UTF8.self)
        return base.isEmpty || path.hasPrefix("/") ? path : base + "/" + path
    }
}
