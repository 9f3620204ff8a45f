import LinearAlgebra

/// Of every image the classes of greatest logit, and what no other class exceeds: what is needed to see that an
/// intervention cannot make most classes win.
package struct LeadingClasses: Sendable, Equatable {
    /// Classes kept of each image.
    let kept: Int
    /// [images, kept], in the order of classes, and the greatest of all others: [images]
    private let values: [Float]
    private let classes: [Int32]
    private let rest: [Float]
    /// Whether all of an image's logits are numbers below +∞.
    private let isRegular: [Bool]

    /// Classes kept: a model is seldom torn between more.
    static let usual = 32
    /// So many classes are looked at one by one as quickly.
    private static let few = 64

    /// - Parameters:
    ///   - logits: [images, classes]; the memory of rows that were read is given back.
    ///   - lengths: what each row is multiplied by; nil for nothing.
    /// - Returns: nil where there are so few classes that it is not worth while.
    init?(_ logits: Tensor, lengths: [Float]? = nil, keep: Int = usual) {
        let (images, count) = (logits.rows, logits.columns)
        guard count > max(keep, Self.few) else { return nil }
        typealias Part = (values: [Float], classes: [Int32], rest: [Float], isRegular: [Bool])
        let parts: [Part] = parallelMap(blocks(of: images, size: 1024)) { rows in
            var part: Part = ([], [], [], [])
            part.values.reserveCapacity(rows.count * keep)
            part.classes.reserveCapacity(rows.count * keep)
            var values = [Float](repeating: 0, count: keep + 1)
            var classes = [Int32](repeating: 0, count: keep + 1)
            var scaled = [Float](repeating: 0, count: lengths == nil ? 0 : count)
            logits.withUnsafe { logits in
                for image in rows {
                    let row = logits.baseAddress! + image * count
                    var rest = -Float.infinity
                    func take(_ row: UnsafePointer<Float>) -> Bool {
                        leading(row, count: count, keep: keep, values: &values, places: &classes, rest: &rest)
                    }
                    if let lengths {
                        for c in 0..<count { scaled[c] = row[c] * lengths[image] }
                        part.isRegular.append(scaled.withUnsafeBufferPointer { take($0.baseAddress!) })
                    } else {
                        part.isRegular.append(take(row))
                    }
                    let order = (0..<keep).sorted { classes[$0] < classes[$1] }
                    for place in order {
                        part.values.append(values[place])
                        part.classes.append(classes[place])
                    }
                    part.rest.append(rest)
                }
            }
            logits.release(rows: rows)
            return part
        }
        kept = keep
        values = parts.flatMap(\.values)
        classes = parts.flatMap(\.classes)
        rest = parts.flatMap(\.rest)
        isRegular = parts.flatMap(\.isRegular)
    }

    /// What is known of one image; nil where some logit is no number, or +∞.
    func withImage<Result>(_ image: Int, _ body: (Row) -> Result) -> Result? {
        guard isRegular[image] else { return nil }
        let range = image * kept..<(image + 1) * kept
        return values.withUnsafeBufferPointer { values in
            classes.withUnsafeBufferPointer { classes in
                body(
                    Row(
                        values: UnsafeBufferPointer(rebasing: values[range]),
                        classes: UnsafeBufferPointer(rebasing: classes[range]), rest: rest[image]))
            }
        }
    }

    struct Row {
        /// In the order of classes.
        let values: UnsafeBufferPointer<Float>
        let classes: UnsafeBufferPointer<Int32>
        /// No other class has more.
        let rest: Float
    }
}
