import LinearAlgebra

/// The β that does most for a class while the rest loses no more than a bound.
package struct StrengthFit: Sendable, Hashable, Codable {
    /// Accuracy at some strength.
    package struct Choice: Sendable, Hashable {
        package var beta: Double
        package var accuracy: Accuracy

        package init(beta: Double, accuracy: Accuracy) {
            self.beta = beta
            self.accuracy = accuracy
        }
    }

    /// The greatest accuracy on the class among the choices that cost the others at most `bound`; of equals the one
    /// nearest the strength that changes nothing. Nil where none keeps the bound.
    ///
    /// - Parameters:
    ///   - before: accuracy without the interventions.
    ///   - bound: the accuracy the other classes may lose, from 0 to 1.
    package static func best(
        among choices: some Sequence<Choice>, before: Accuracy, bound: Double, identity: Double
    ) -> Choice? {
        choices.filter { before.ofOthers - $0.accuracy.ofOthers <= bound + 1e-12 }.min {
            ($1.accuracy.ofClass, abs($0.beta - identity)) < ($0.accuracy.ofClass, abs($1.beta - identity))
        }
    }

    /// Positions of two halves of `count` images, drawn by a fixed seed, each ascending.
    package static func halves(_ count: Int) -> (fit: [Int], report: [Int]) {
        var random = SeededGenerator(seed: 1)
        let order = Array(0..<count).shuffled(using: &random)
        return (order.prefix(count / 2).sorted(), order.dropFirst(count / 2).sorted())
    }

    /// β of each intervention, in order.
    package var betas: [Double]
    /// The bound it kept on the half it was fitted on, from 0 to 1.
    package var bound: Double
    /// On the half it was fitted on, and on the other.
    package var fitted: InterventionOutcome
    package var reported: InterventionOutcome

    package init(betas: [Double], bound: Double, fitted: InterventionOutcome, reported: InterventionOutcome) {
        self.betas = betas
        self.bound = bound
        self.fitted = fitted
        self.reported = reported
    }
}
