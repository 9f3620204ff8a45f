import LinearAlgebra

/// Some images of what an alignment is trained on, read block by block.
struct AlignmentSubset {
    private let data: AlignmentData
    /// Positions.
    let images: [Int]

    init(_ data: AlignmentData, images: [Int]) { (self.data, self.images) = (data, images) }

    /// All of them at once.
    var whole: AlignmentData { data.rows(at: images) }

    /// Calls `body` with the images' data, some at a time.
    func forEachBlock(_ body: (AlignmentData) -> Void) {
        for block in blocks(of: images.count, size: 2048) { body(data.rows(at: Array(images[block]))) }
    }
}
