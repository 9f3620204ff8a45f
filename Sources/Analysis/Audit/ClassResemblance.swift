import LinearAlgebra

/// How far on the way from their own classes to another some images lie, as the concept space sees them: 0 for images of
/// their own class that are answered right, 1 for images of the other.
///
/// Of an image x of class k that is taken for c, s(x) = e(x)·(t_c - t_k), less the mean of s over images of k that are
/// answered k, over what images of c have more than these. What looks like c lies beyond the middle; what is taken for c
/// for another reason does not. A direction's cosine cannot tell that: it has no size.
package struct ClassResemblance: Sendable, Hashable {
    /// Mean over the images, and half of its 95 % interval.
    package var share: Double
    package var halfWidth: Double
    /// That the share is a half or more: a one-tailed t-test. And by Holm over all classes.
    package var p: Double
    package var correctedP: Double
    /// The images, those that look least like the other class first.
    package var images: [Int]

    /// - Parameters:
    ///   - c: what the images are taken for.
    ///   - images: positions, ascending; of these all that are told.
    ///   - cosines: of each of `images` with each class's name: [images, classes].
    ///   - labels: true classes of all images, by position; `answers` what the model gives.
    ///   - least: images that a mean is taken of at least.
    /// - Returns: nil where fewer than `least` can be told of.
    package init?(
        to c: Int, images: [Int], cosines: Tensor, labels: [Int], answers: [Int], least: Int = 5
    ) {
        let classes = cosines.columns
        precondition(cosines.rows == images.count)
        // Over images of each class that are answered right, and over those of c: Σ s(x), and how many.
        var (right, other) = ([Double](repeating: 0, count: classes), [Double](repeating: 0, count: classes))
        var (rightCount, otherCount) = ([Int](repeating: 0, count: classes), 0)
        var taken: [Int] = []
        for (row, image) in images.enumerated() {
            let k = labels[image]
            if k == c {
                otherCount += 1
                for at in 0..<classes { other[at] += Double(cosines[row, c] - cosines[row, at]) }
            } else if answers[image] == k {
                rightCount[k] += 1
                right[k] += Double(cosines[row, c] - cosines[row, k])
            } else if answers[image] == c {
                taken.append(row)
            }
        }
        guard otherCount >= least else { return nil }
        let shares = taken.compactMap { row -> (image: Int, share: Double)? in
            let k = labels[images[row]]
            guard rightCount[k] >= least else { return nil }
            let (from, to) = (right[k] / Double(rightCount[k]), other[k] / Double(otherCount))
            // Where the concept space cannot tell the classes apart nothing lies between them.
            guard to > from else { return nil }
            return (images[row], (Double(cosines[row, c] - cosines[row, k]) - from) / (to - from))
        }
        let sample = Sample(shares.map(\.share))
        guard sample.count >= least, let deviation = sample.deviation, let halfWidth = sample.halfWidth else {
            return nil
        }
        (share, self.halfWidth) = (sample.mean, halfWidth)
        let error = deviation / Double(sample.count).squareRoot()
        p =
            error > 0
            ? StudentT(degreesOfFreedom: Double(sample.count - 1)).upperTail((0.5 - sample.mean) / error)
            : sample.mean < 0.5 ? 0 : 1
        correctedP = p
        self.images = shares.sorted { ($0.share, $0.image) < ($1.share, $1.image) }.map(\.image)
    }
}
