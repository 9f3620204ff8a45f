import Analysis

/// One figure of an evaluation, under a name that finds it again.
package struct EvaluationFigure: Sendable, Codable, Hashable {
    /// `interventions/neuron/contribution/20/scaling 2.0/class`
    package var name: String
    package var value: Double
    /// Half the width of its 95 % interval; nil where there is none.
    package var halfWidth: Double?
    /// What it is a mean over, and how many seeds; nil where no seed matters.
    package var n: Int
    package var seeds: Int?

    package init(name: String, value: Double, halfWidth: Double? = nil, n: Int, seeds: Int? = nil) {
        (self.name, self.value, self.halfWidth, self.n, self.seeds) = (name, value, halfWidth, n, seeds)
    }
}

extension Evaluation {
    /// Every figure, each with its interval: what a report is verified by.
    package var figures: [EvaluationFigure] {
        descriptionFigures + explanationFigures + interventionFigures + otherFigures
    }

    private func seeds(_ count: Int) -> Int? { count > 1 ? count : nil }

    private var descriptionFigures: [EvaluationFigure] {
        (descriptions?.rows ?? []).flatMap { row -> [EvaluationFigure] in
            let (name, units) = ("descriptions/\(row.conceptSet)/\(row.method)", descriptions?.units ?? 0)
            return [
                EvaluationFigure(
                    name: name + "/accuracy", value: Sample(row.accuracy).mean,
                    halfWidth: Sample(row.accuracy).halfWidth, n: units, seeds: seeds(row.accuracy.count)),
                EvaluationFigure(
                    name: name + "/clipScore", value: Sample(row.clipScore).mean,
                    halfWidth: Sample(row.byUnit).halfWidth, n: units, seeds: seeds(row.clipScore.count)),
                row.sentenceScore.map {
                    EvaluationFigure(
                        name: name + "/sentenceScore", value: $0.mean, halfWidth: $0.halfWidth, n: units,
                        seeds: seeds(row.clipScore.count))
                },
            ].compactMap { $0 }
        }
    }

    private var explanationFigures: [EvaluationFigure] {
        explanations.flatMap { table in
            table.rows.flatMap { row -> [EvaluationFigure] in
                let name = "explanations/\(table.kind.rawValue)/\(row.method)"
                return [("pearson", row.pearson), ("auprc", row.auprc)].map { score, sample in
                    EvaluationFigure(
                        name: "\(name)/\(score)", value: sample.mean, halfWidth: sample.halfWidth, n: row.units,
                        seeds: seeds(row.seeds))
                }
            }
        }
    }

    private var interventionFigures: [EvaluationFigure] {
        (interventions?.cells ?? []).flatMap { cell -> [EvaluationFigure] in
            let name =
                "interventions/\(cell.kind.rawValue)/\(cell.method)/\(cell.units)/\(cell.operator.rawValue) \(cell.beta)"
            return [
                EvaluationFigure(
                    name: name + "/class", value: cell.classMean,
                    halfWidth: cell.classHalfWidth ?? cell.halfWidthOverClasses, n: cell.byClass.first?.count ?? 0,
                    seeds: seeds(cell.byClass.count)),
                EvaluationFigure(
                    name: name + "/others", value: cell.otherMean, halfWidth: cell.otherHalfWidth,
                    n: cell.byClass.first?.count ?? 0, seeds: seeds(cell.byClass.count)),
            ]
        }
    }

    private var otherFigures: [EvaluationFigure] {
        let curve = (layers?.points ?? []).flatMap { point in
            [("pearson", point.pearson), ("enhance", point.enhance), ("remove", point.remove)].map { figure, sample in
                EvaluationFigure(
                    name: "layers/\(point.layer.layer)/\(figure)", value: sample.mean, halfWidth: sample.halfWidth,
                    n: sample.count)
            }
        }
        let errors = (errors?.rows ?? []).map { row in
            EvaluationFigure(
                name: "errors/\(row.anchors.rawValue)/\(row.method)", value: Sample(row.predicted).mean,
                halfWidth: (row.interval.upperBound - row.interval.lowerBound) / 2, n: self.errors?.images ?? 0,
                seeds: seeds(row.predicted.count))
        }
        let groups = groups.flatMap { group in
            [("category", group.category), ("class", group.class)].compactMap { grouping, score in
                score.map {
                    EvaluationFigure(
                        name: "groups/\(group.kind.rawValue)/\(grouping)", value: $0.score,
                        halfWidth: nil, n: $0.points)
                }
            }
        }
        return curve + errors + groups
    }
}
