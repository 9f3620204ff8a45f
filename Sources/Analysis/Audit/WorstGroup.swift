import Algorithms

/// Images of one class and one group, with how many the model gets right.
package struct GroupCell: Sendable, Hashable {
    package var group: String
    package var images: Int
    package var right: Int

    package init(group: String, images: Int, right: Int) {
        (self.group, self.images, self.right) = (group, images, right)
    }

    package var accuracy: Double { images > 0 ? Double(right) / Double(images) : 0 }
    /// Wilson's 95 % interval, for images drawn from as many as there may be.
    package var interval: ClosedRange<Double> { wilsonInterval(accuracy, count: images) }
}

/// The accuracy of a class on its worst group, as a function of β.
package struct WorstGroupCurve: Sendable {
    private let groups: [AccuracyCurve]

    /// - Parameter groups: of each group the exact curve on its images of the class, over the same β.
    package init(_ groups: [AccuracyCurve]) {
        precondition(!groups.isEmpty)
        self.groups = groups
    }

    package func accuracy(at beta: Double) -> Double { groups.map { $0.accuracy(at: beta).ofClass }.min() ?? 0 }

    /// A strength with what it does.
    package struct Choice: Sendable, Hashable {
        package var beta: Double
        package var worst: Double
    }

    /// The β of greatest accuracy on the worst group among those that `allows`, of equals the one nearest the strength that
    /// changes nothing. Every stretch of β on which no group's accuracy changes is tried.
    ///
    /// - Returns: nil where none exceeds `least`.
    package func best(
        identity: Double, above least: Double, allows: (Double) throws -> Bool
    ) rethrows -> Choice? {
        let range = groups[0].range
        let edges = ([range.lowerBound] + groups.flatMap(\.turns) + [range.upperBound]).sorted()
        let middles = edges.adjacentPairs().lazy.filter { $0 < $1 }.map { ($0 + $1) / 2 }
        let better = middles.map { Choice(beta: $0, worst: accuracy(at: $0)) }.filter { $0.worst > least }
            .sorted { ($1.worst, abs($0.beta - identity)) < ($0.worst, abs($1.beta - identity)) }
        return try better.first { try allows($0.beta) }
    }
}

extension WorstGroupCurve {
    /// Which of several sizes of a unit set to take: the smallest that comes within one standard error of the best, as a
    /// share of `images` images.
    ///
    /// - Parameter worst: accuracy on the worst group that each reaches, smallest set first.
    /// - Returns: nil where none is better than `before`.
    package static func smallest(worst: [Double], before: Double, images: Int) -> Int? {
        guard let best = worst.max(), best > before else { return nil }
        let error = (best * (1 - best) / Double(max(1, images))).squareRoot()
        return worst.firstIndex { $0 >= best - error && $0 > before }
    }
}
