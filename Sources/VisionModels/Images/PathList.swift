/// Many paths in little memory: their bytes one after the other, without what all begin with.
struct PathList: Sendable {
    /// What a path that does not begin with a slash is relative to; empty for the working folder.
    private let base: [UInt8]
    private var bytes: [UInt8] = []
    private var ends: [Int] = []

    /// - Parameter base: a folder's path, without a slash at its end.
    init(_ paths: some Sequence<[UInt8]>, in base: [UInt8] = []) {
        self.base = base
        let start = base + [UInt8(ascii: "/")]
        for path in paths {
            bytes += !base.isEmpty && path.starts(with: start) ? path.dropFirst(start.count) : path[...]
            ends.append(bytes.count)
        }
    }

    var count: Int { ends.count }

    /// Without the first `count`.
    func dropping(_ count: Int) -> PathList {
        guard count > 0 else { return self }
        var rest = self
        let start = ends[count - 1]
        rest.bytes.removeFirst(start)
        rest.ends = ends.dropFirst(count).map { $0 - start }
        return rest
    }

    /// The bytes of a path, which need not be UTF-8.
    func bytes(at index: Int) -> [UInt8] {
        let path = bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]]
        return base.isEmpty || path.first == UInt8(ascii: "/") ? Array(path) : base + [UInt8(ascii: "/")] + path
    }

    /// The path as people read it.
    subscript(index: Int) -> String { String(path: bytes(at: index)) }
}
