import Algorithms
import LinearAlgebra

/// Accuracy as a function of β, exact at every β, when each image's logits are lines in β.
///
/// The predicted class is the upper envelope of the lines, so the counts of right answers are step functions of β.
/// Building finds each image's envelope over a range of β once; reading is a binary search. Where β lies so close to a
/// vertex of an envelope that rounding could decide, and outside the range, images are evaluated directly, so the
/// answer equals brute force in double precision at every β.
package struct AccuracyCurve: Sendable, Equatable {
    /// The concept's class.
    package let target: Int
    /// Images of the class that were counted, and of all others.
    package let classCount: Int
    package let otherCount: Int
    /// How many there are of either: more where these stand for all.
    private let classesInAll: Int
    private let othersInAll: Int
    /// What the model predicts without any intervention: one class an image.
    package let unedited: [Int]
    /// Accuracy of those.
    package let before: Accuracy
    /// The β whose answers are look-ups.
    package let range: ClosedRange<Double>
    private let lines: ClassLines
    private let envelopes: EnvelopeList
    /// Every t = β - origin where some image turns right or wrong, ascending.
    private let steps: [Double]
    /// Right images of the class and of the others before step k, and at last after all steps.
    private let rightOfClass: [Int32]
    private let rightOfOthers: [Int32]

    /// - Parameters:
    ///   - range: the β that will be asked for; any other is answered too, slowly.
    ///   - unedited: what the model predicts without any intervention; by default what the lines say at their origin.
    ///   - inAll: images of the class and others that these were drawn from at random, each for itself; nil where these
    ///     are all.
    package init(
        lines: ClassLines, target: Int, over range: ClosedRange<Double> = -8...8, unedited: [Int]? = nil,
        inAll: (ofClass: Int, ofOthers: Int)? = nil
    ) {
        self.init(
            lines: lines, target: target, over: range, unedited: unedited, inAll: inAll, checkCancellation: {})
    }

    /// - Parameter checkCancellation: asked now and then; throws to end the work.
    init(
        lines: ClassLines, target: Int, over range: ClosedRange<Double>, unedited: [Int]?,
        inAll: (ofClass: Int, ofOthers: Int)?, checkCancellation: () throws -> Void
    ) rethrows {
        self.lines = lines
        self.target = target
        self.range = range
        let labels = lines.labels
        let envelopes = try EnvelopeList(
            lines, over: (range.lowerBound - lines.origin)...(range.upperBound - lines.origin),
            checkCancellation: checkCancellation)
        self.envelopes = envelopes
        self.unedited = unedited ?? labels.indices.map { lines.winner($0, at: lines.origin) }
        let classCount = labels.count { $0 == target }
        (self.classCount, otherCount) = (classCount, labels.count - classCount)
        (classesInAll, othersInAll) = inAll ?? (classCount, labels.count - classCount)
        before = AccuracyCount.accuracy(of: self.unedited, labels: labels, target: target)
            .weighted(classesInAll, othersInAll, ifPartOf: labels.count)

        var changes: [(t: Double, isOfClass: Bool, change: Int32)] = []
        var (ofClass, ofOthers) = (Int32(0), Int32(0))
        for (image, label) in labels.enumerated() {
            var wasRight = false
            envelopes.forEachSegment(of: image) { t, winner in
                let isRight = Int(winner) == label
                defer { wasRight = isRight }
                guard isRight != wasRight else { return }
                if let t {
                    changes.append((t, label == target, isRight ? 1 : -1))
                } else if label == target {
                    ofClass += 1
                } else {
                    ofOthers += 1
                }
            }
        }
        changes.sort { $0.t < $1.t }
        steps = changes.map(\.t)
        var rightOfClass = [ofClass]
        var rightOfOthers = [ofOthers]
        rightOfClass.reserveCapacity(changes.count + 1)
        rightOfOthers.reserveCapacity(changes.count + 1)
        for (_, isOfClass, change) in changes {
            if isOfClass { ofClass += change } else { ofOthers += change }
            rightOfClass.append(ofClass)
            rightOfOthers.append(ofOthers)
        }
        self.rightOfClass = rightOfClass
        self.rightOfOthers = rightOfOthers
    }

    /// Whether all images were counted: where not, the figures are of those that were, the class and the others weighted as
    /// they are among all.
    package var isWhole: Bool { classCount + otherCount == classesInAll + othersInAll }

    /// Exact accuracy at `beta`.
    package func accuracy(at beta: Double) -> Accuracy {
        counted(at: beta).weighted(classesInAll, othersInAll, ifPartOf: lines.labels.count)
    }

    private func counted(at beta: Double) -> Accuracy {
        guard range.contains(beta) else {
            return AccuracyCount.accuracy(of: predictions(at: beta), labels: lines.labels, target: target)
        }
        let t = beta - lines.origin
        let passed = steps.partitioningIndex { $0 > t }
        var ofClass = Int(rightOfClass[passed])
        var ofOthers = Int(rightOfOthers[passed])
        for image in envelopes.doubtful(at: t) {
            let label = lines.labels[image]
            let change =
                (lines.isRight(image, at: beta) ? 1 : 0) - (envelopes.winner(of: image, at: t) == label ? 1 : 0)
            if label == target { ofClass += change } else { ofOthers += change }
        }
        return Accuracy(right: (ofClass, ofOthers), of: (classCount, otherCount))
    }

    /// The class predicted for every image at `beta`.
    package func predictions(at beta: Double) -> [Int] {
        let t = beta - lines.origin
        guard range.contains(beta) else {
            return parallelMap((lines.labels.count + 63) / 64) { chunk in
                (chunk * 64..<min(lines.labels.count, (chunk + 1) * 64)).map { lines.winner($0, at: beta) }
            }.flatMap { $0 }
        }
        var winners = envelopes.winners(at: t)
        for image in envelopes.doubtful(at: t) { winners[image] = lines.winner(image, at: beta) }
        return winners
    }

    /// What the moving intervention does at `beta`.
    package func outcome(at beta: Double) -> InterventionOutcome {
        InterventionOutcome(
            before: before, after: accuracy(at: beta), images: classCount + otherCount,
            imagesInAll: classesInAll + othersInAll, classImages: classCount, classImagesInAll: classesInAll)
    }

    /// How many of the images counted turn right, and how many wrong, at `beta` against the model as it is.
    package func flips(at beta: Double) -> (right: Int, wrong: Int) {
        let after = predictions(at: beta)
        var (right, wrong) = (0, 0)
        for (image, label) in lines.labels.enumerated() where after[image] != unedited[image] {
            if after[image] == label { right += 1 } else if unedited[image] == label { wrong += 1 }
        }
        return (right, wrong)
    }

    /// What changes at `beta` against the model as it is, image by image.
    package func changes(at beta: Double) -> PredictionChanges {
        PredictionChanges(
            before: unedited, after: predictions(at: beta), labels: lines.labels, classes: lines.classes)
    }

    /// Every β of `range` where some image turns right or wrong, ascending.
    package var turns: [Double] { steps.map { $0 + lines.origin } }

    /// A β inside every stretch of `range` on which the accuracy is the same, with that accuracy, ascending: all there
    /// is to choose from.
    package var plateaus: [(beta: Double, accuracy: Accuracy)] {
        var edges = [range.lowerBound - lines.origin]
        for step in steps where step > edges[edges.count - 1] { edges.append(step) }
        edges.append(max(edges[edges.count - 1], range.upperBound - lines.origin))
        return edges.adjacentPairs().map { from, to in
            let beta = min(range.upperBound, max(range.lowerBound, (from + to) / 2 + lines.origin))
            return (beta, accuracy(at: beta))
        }
    }
}

extension Accuracy {
    /// The same with the class and the others weighted as among so many images, of which `images` are a part.
    fileprivate func weighted(_ ofClass: Int, _ ofOthers: Int, ifPartOf images: Int) -> Accuracy {
        guard images < ofClass + ofOthers else { return self }
        let right = self.ofClass * Double(ofClass) + self.ofOthers * Double(ofOthers)
        return Accuracy(
            overall: right / Double(ofClass + ofOthers), ofClass: self.ofClass, ofOthers: self.ofOthers)
    }
}
