/// A table of an evaluation as people read it, whatever it is shown on or written in.
package struct ReportSection: Sendable, Hashable {
    package var title: String
    /// What the table shows, and what follows from it.
    package var sentences: [String]
    package var columns: [String]
    package var rows: [[String]]
    package var plot: ReportPlot?

    package init(
        title: String, sentences: [String], columns: [String], rows: [[String]], plot: ReportPlot? = nil
    ) {
        (self.title, self.sentences, self.columns, self.rows) = (title, sentences, columns, rows)
        self.plot = plot
    }
}

/// Horizontal bars with intervals.
package struct ReportPlot: Sendable, Hashable {
    package struct Value: Sendable, Hashable {
        package var value: Double
        package var halfWidth: Double?

        package init(_ value: Double, _ halfWidth: Double?) { (self.value, self.halfWidth) = (value, halfWidth) }
    }

    package struct Bar: Sendable, Hashable {
        package var name: String
        /// One bar each, on the line of the name.
        package var values: [Value]
        package var isControl: Bool

        package init(name: String, values: [Value], isControl: Bool) {
            (self.name, self.values, self.isControl) = (name, values, isControl)
        }
    }

    package var title: String
    package var bars: [Bar]
    /// What the axis spans at least, so that next to nothing does not look like much.
    package var leastSpan: Double

    package init(title: String, bars: [Bar], leastSpan: Double = 0) {
        (self.title, self.bars, self.leastSpan) = (title, bars, leastSpan)
    }
}
