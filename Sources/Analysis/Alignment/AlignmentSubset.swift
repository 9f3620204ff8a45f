import LinearAlgebra

/// Some images of what an alignment is trained on, read block by block; what is asked of them in every epoch is worked out
/// once.
struct AlignmentSubset {
    private let data: AlignmentData
    /// Positions.
    let images: [Int]
    /// Classes that some image was predicted as.
    let seen: [Int]
    /// Mean activation of every unit over the images of each class seen: [units, seen]
    let done: Tensor

    init(_ data: AlignmentData, images: [Int]) {
        (self.data, self.images) = (data, images)
        let classes = data.classEmbeddings.rows
        var counts = [Int](repeating: 0, count: classes)
        for image in images { counts[data.predictions[image]] += 1 }
        var sums = Tensor([classes, data.activations.columns])
        Self.forEachBlock(data, images) { part in
            part.activations.add(to: &sums, rows: part.predictions) { 1 / Float(counts[$0]) }
        }
        seen = counts.indices.filter { counts[$0] > 0 }
        done = sums.rows(at: seen).transposed()
    }

    /// E_c of every class name: unit rows [classes, d]
    var classEmbeddings: Tensor { data.classEmbeddings }

    /// Calls `body` with the images' data, some at a time.
    func forEachBlock(_ body: (AlignmentData) -> Void) { Self.forEachBlock(data, images, body) }

    private static func forEachBlock(_ data: AlignmentData, _ images: [Int], _ body: (AlignmentData) -> Void) {
        for block in blocks(of: images.count, size: 2048) { body(data.rows(at: Array(images[block]))) }
    }
}

extension ActivationRows {
    /// sums[rows[i], :] += weight(rows[i]) a[i, :] for each row i of a.
    fileprivate func add(to sums: inout Tensor, rows: [Int], weight: (Int) -> Float) {
        let columns = columns
        sums.withUnsafeMutable { sums in
            switch self {
            case .dense(let a):
                a.withUnsafe { a in
                    for (place, row) in rows.enumerated() {
                        let (sum, weight) = (sums.baseAddress! + row * columns, weight(row))
                        withUnsafePointer(to: weight) {
                            moveRow(sum, a.baseAddress! + place * columns, $0, moves: 1, count: columns, into: sum)
                        }
                    }
                }
            case .sparse(let a):
                for (place, row) in rows.enumerated() {
                    let weight = weight(row)
                    for at in a.range(of: place) { sums[row * columns + Int(a.indices[at])] += weight * a.values[at] }
                }
            }
        }
    }
}
