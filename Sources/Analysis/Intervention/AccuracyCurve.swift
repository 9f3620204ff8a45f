import LinearAlgebra

/// Accuracy as a function of β, exact at every β, when each image's logits are lines in β.
///
/// logit_c(β) = p_c + β q_c, so the predicted class is the upper envelope of lines and the counts are step functions.
/// Building walks each image's envelope once, O(classes x winners); reading any β is a binary search. Where β lies so
/// close to a step that rounding could decide it, the images concerned are evaluated directly.
public struct AccuracyCurve: Sendable, Equatable {
    private let lines: ClassLines
    private let target: Int
    /// Positions of the steps, ascending, with the image that changes there.
    private let steps: [Double]
    private let stepImages: [Int32]
    /// Right images of the class and of the others left of step k, as prefix sums: entry k holds for steps[k-1]..steps[k].
    private let rightOfClass: [Int32]
    private let rightOfOthers: [Int32]
    /// Images of the class, and of the others.
    public let classCount: Int
    public let otherCount: Int

    /// - Parameters:
    ///   - lines: per image, the logits as lines in β.
    ///   - target: the concept's class.
    public init(lines: ClassLines, target: Int) {
        self.lines = lines
        self.target = target
        classCount = lines.labels.count { $0 == target }
        otherCount = lines.labels.count - classCount
        fatalError()
    }

    /// Exact accuracy at `beta`.
    public func accuracy(at beta: Double) -> Accuracy {
        fatalError()
    }
}

/// Per image, the logits of all classes as lines p + β q, with the image's true class.
public struct ClassLines: Sendable, Equatable {
    /// [images, classes]
    public var intercepts: Tensor
    /// [images, classes]
    public var slopes: Tensor
    public var labels: [Int]

    public init(intercepts: Tensor, slopes: Tensor, labels: [Int]) {
        precondition(intercepts.shape == slopes.shape && intercepts.rows == labels.count)
        self.intercepts = intercepts
        self.slopes = slopes
        self.labels = labels
    }
}
