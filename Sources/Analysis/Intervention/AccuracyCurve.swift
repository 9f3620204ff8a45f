import LinearAlgebra

/// Accuracy as a function of β, exact at every β, when each image's logits are lines in β.
///
/// The predicted class is the upper envelope of the lines logit_c(β) = p_c + β q_c, so the counts of right answers are
/// step functions of β. Building walks each image's envelope once, O(classes x winners); reading is a binary search.
/// Where β lies so close to a vertex of an envelope that rounding could decide, that image is evaluated directly, so
/// the answer equals brute force in double precision at every β.
public struct AccuracyCurve: Sendable, Equatable {
    /// The concept's class.
    public let target: Int
    /// Images of the class, and of all others.
    public let classCount: Int
    public let otherCount: Int
    private let lines: ClassLines
    /// Every β where some image turns right or wrong, or nearly does, ascending.
    private let steps: [EnvelopeStep]
    /// Right images of the class and of the others before step k, and at last after all steps.
    private let rightOfClass: [Int32]
    private let rightOfOthers: [Int32]
    /// The widest of the steps' bands.
    private let widestBand: Double

    public init(lines: ClassLines, target: Int) {
        self.lines = lines
        self.target = target
        let walks = Self.walks(of: lines)
        let steps = walks.flatMap(\.steps).sorted { $0.beta < $1.beta }
        self.steps = steps
        widestBand = steps.lazy.map(\.band).max() ?? 0
        classCount = lines.labels.count { $0 == target }
        otherCount = lines.labels.count - classCount

        let rightAtStart = walks.flatMap(\.rightAtStart)
        var ofClass = Int32(rightAtStart.count { lines.labels[Int($0)] == target })
        var ofOthers = Int32(rightAtStart.count) - ofClass
        var rightOfClass = [ofClass]
        var rightOfOthers = [ofOthers]
        for step in steps {
            if lines.labels[Int(step.image)] == target { ofClass += step.change } else { ofOthers += step.change }
            rightOfClass.append(ofClass)
            rightOfOthers.append(ofOthers)
        }
        self.rightOfClass = rightOfClass
        self.rightOfOthers = rightOfOthers
    }

    /// Exact accuracy at `beta`.
    public func accuracy(at beta: Double) -> Accuracy {
        let passed = steps.partitionPoint { $0.beta > beta }
        var ofClass = Int(rightOfClass[passed])
        var ofOthers = Int(rightOfOthers[passed])
        for (image, counted) in doubtful(near: beta) {
            let change = (lines.isRight(image, at: beta) ? 1 : 0) - (counted ? 1 : 0)
            if lines.labels[image] == target { ofClass += change } else { ofOthers += change }
        }
        return Accuracy(right: (ofClass, ofOthers), of: (classCount, otherCount))
    }

    /// Images whose answer at `beta` rounding could decide, with the answer the steps count for them.
    private func doubtful(near beta: Double) -> [Int: Bool] {
        var counted: [Int: Bool] = [:]
        var doubted: Set<Int> = []
        for step in steps[steps.partitionPoint { $0.beta >= beta - widestBand }...] {
            if step.beta > beta + widestBand { break }
            let image = Int(step.image)
            if step.beta <= beta {
                counted[image] = step.rightAfter
            } else if counted[image] == nil {
                counted[image] = step.rightBefore
            }
            if abs(step.beta - beta) <= step.band { doubted.insert(image) }
        }
        return counted.filter { doubted.contains($0.key) }
    }

    /// The envelopes of all images, in chunks on all cores.
    private static func walks(of lines: ClassLines) -> [EnvelopeWalk] {
        let images = lines.labels.count
        let chunk = 256
        return parallelMap((images + chunk - 1) / chunk) { index in
            var walk = EnvelopeWalk()
            for image in index * chunk..<min(images, (index + 1) * chunk) {
                lines.withImage(image) { walk.add($0, image: Int32(image), label: lines.labels[image]) }
            }
            return walk
        }
    }
}

extension [EnvelopeStep] {
    /// The first position whose element satisfies `predicate`, which holds from some position on; `count` if none.
    fileprivate func partitionPoint(where predicate: (EnvelopeStep) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if predicate(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
