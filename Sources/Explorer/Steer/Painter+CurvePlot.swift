import Analysis

extension Painter {
    /// Accuracy over β in Braille dots: the class in a full line, the other classes dotted, and the slider's place.
    mutating func plot(_ study: OpenStudy, _ parts: SteeringLayout) {
        let (area, cells) = (parts.plot, parts.plotCells)
        guard cells.width >= 12, cells.height >= 2 else { return }
        let row: SteerState.Row = state.steer.operator == .scaling ? .scaling : .adding
        let slider = state.slider(row, study)
        let samples = samples(slider, across: cells.width * 2)
        let axis = AccuracyAxis(samples.compactMap { $0?.accuracy } + (state.readOut.map { [$0.outcome.after] } ?? []))
        axes(slider, axis, area: area, cells: cells)
        let knob = slider.column(of: state.steer.beta, width: cells.width)
        for line in 0..<cells.height {
            frame.put("│", at: cells.point(knob, line), style: palette[.track])
        }
        var canvas = BrailleCanvas(columns: cells.width, rows: cells.height)
        draw(
            samples.map { $0.map { ($0.x, axis.depth(of: $0.accuracy.ofOthers)) } }, on: &canvas, layer: 1, dotted: true
        )
        draw(
            samples.map { $0.map { ($0.x, axis.depth(of: $0.accuracy.ofClass)) } }, on: &canvas, layer: 0, dotted: false
        )
        let isCurrent = state.readOut?.isCurrent ?? false
        interval(axis, at: knob, on: &canvas)
        let styles = isCurrent ? [palette[.accent], palette[.other]] : [palette[.dim], palette[.dim]]
        frame.draw(canvas, at: cells.origin, styles: styles)
        if let readOut = state.readOut, readOut.isCurrent {
            let level = axis.depth(of: readOut.outcome.after.ofClass) * Double(cells.height * 4 - 1)
            let style = palette[.accent].with(.bold)
            frame.put("●", at: cells.point(knob, Int(level.rounded()) / 4), style: style)
        }
        frame.put("▲", at: Point(column: cells.column + knob, row: cells.bottom), style: palette[.accent].with(.bold))
        legend(in: area.line(0))
    }

    /// The 95 % interval of a count that goes on, a band at the slider's place that narrows.
    private func interval(_ axis: AccuracyAxis, at knob: Int, on canvas: inout BrailleCanvas) {
        guard let readOut = state.readOut, readOut.isCurrent, !readOut.outcome.isComplete,
            let interval = readOut.outcome.classInterval
        else { return }
        let ends = [interval.upperBound, interval.lowerBound].map {
            Int((axis.depth(of: $0) * Double(canvas.height - 1)).rounded())
        }
        for x in [knob * 2, knob * 2 + 1] { canvas.column(x: x, from: ends[0], to: ends[1], layer: 0) }
    }

    private struct Sample {
        var x: Int
        var accuracy: Accuracy
    }

    /// The curve at every dot column; for a deeper layer, at the places that were counted.
    private func samples(_ slider: Slider, across width: Int) -> [Sample?] {
        let (lower, reach) = (slider.range.lowerBound, slider.range.upperBound - slider.range.lowerBound)
        if let (subject, curve) = state.steer.curve, subject.operator == state.steer.operator {
            return (0..<width).map { x in
                Sample(x: x, accuracy: curve.accuracy(at: lower + reach * Double(x) / Double(max(1, width - 1))))
            }
        }
        if let (subject, points) = state.steer.swept, subject.operator == state.steer.operator, !points.isEmpty {
            // Between neighbours the line is drawn straight: they stand no further apart than a few dots.
            return (0..<width).map { x in
                let at = Double(x) / Double(max(1, width - 1)) * Double(points.count - 1)
                let (index, share) = (min(points.count - 2, Int(at)), at - Double(min(points.count - 2, Int(at))))
                guard index >= 0 else { return Sample(x: x, accuracy: points[0].accuracy) }
                let (one, other) = (points[index].accuracy, points[index + 1].accuracy)
                func between(_ a: Double, _ b: Double) -> Double { a + share * (b - a) }
                return Sample(
                    x: x,
                    accuracy: Accuracy(
                        overall: between(one.overall, other.overall), ofClass: between(one.ofClass, other.ofClass),
                        ofOthers: between(one.ofOthers, other.ofOthers)))
            }
        }
        guard let (subject, points) = state.steer.walked, subject == state.steerSubject else { return [] }
        // Nil between the points: they are not joined, for nothing is known of what lies between.
        return points.flatMap { point -> [Sample?] in
            let x = Int(((point.beta - lower) / reach * Double(width - 1)).rounded())
            return [Sample(x: x, accuracy: point.accuracy), Sample(x: x + 1, accuracy: point.accuracy), nil]
        }
    }

    private func draw(
        _ samples: [(x: Int, depth: Double)?], on canvas: inout BrailleCanvas, layer: Int, dotted: Bool
    ) {
        var last: Int?
        for sample in samples {
            guard let sample else {
                last = nil
                continue
            }
            let y = Int((sample.depth * Double(canvas.height - 1)).rounded())
            defer { last = y }
            if dotted, sample.x % 4 > 1 { continue }
            if let last, abs(last - y) > 1, !dotted {
                canvas.column(x: sample.x, from: last + (last < y ? 1 : -1), to: y, layer: layer)
            } else {
                canvas.set(x: sample.x, y: y, layer: layer)
            }
        }
    }

    private mutating func axes(_ slider: Slider, _ axis: AccuracyAxis, area: Area, cells: Area) {
        for depth in [0, 0.5, 1] {
            let row = Int((depth * Double(cells.height - 1)).rounded())
            frame.putRight(
                axis.label(at: depth), in: Area(column: area.column, row: cells.row + row, width: 5, height: 1),
                style: palette[.dim])
        }
        for row in 0..<cells.height {
            frame.put("│", at: Point(column: cells.column - 1, row: cells.row + row), style: palette[.border])
        }
        frame.put("╰", at: Point(column: cells.column - 1, row: cells.bottom), style: palette[.border])
        frame.fill(
            Area(column: cells.column, row: cells.bottom, width: cells.width, height: 1), with: "─",
            style: palette[.border])
        let identity = slider.column(of: state.steer.operator.identity, width: cells.width)
        frame.put("┴", at: Point(column: cells.column + identity, row: cells.bottom), style: palette[.border])
        let labels = Area(column: cells.column, row: cells.bottom + 1, width: cells.width, height: 1)
        for step in 0...4 {
            let (lower, upper) = (slider.range.lowerBound, slider.range.upperBound)
            let value = lower + (upper - lower) * Double(step) / 4
            let isWhole = abs(value - value.rounded()) < 1e-9
            let text = fixed(value, isWhole ? 0 : slider.decimals, signed: state.steer.operator == .adding)
            let column = slider.column(of: value, width: labels.width) - (step == 4 ? text.count - 1 : text.count / 2)
            frame.put(text, at: labels.point(max(0, column)), style: palette[.dim])
        }
        frame.put("β", at: Point(column: area.column + 4, row: cells.bottom + 1), style: palette[.dim])
    }

    private mutating func legend(in line: Area) {
        frame.fill(line, with: "─", style: palette[.border])
        let name = state.readOut?.target.name ?? state.locate.found?.target.name ?? ""
        let verb = state.steer.operator == .scaling ? "scaled by β" : "with β added"
        let title = line.width >= 72 ? "Accuracy, units \(verb)" : "Accuracy over β"
        let used = frame.put(
            " \(title) ", at: line.point(2), width: line.width - 4, style: palette[.text].with(.bold))
        var rest = line
        _ = rest.takeLeft(used + 4)
        _ = rest.takeRight(2)
        let shortName = name.fitted(to: max(0, rest.width - 23))
        guard displayWidth(of: shortName) >= 3 else { return }
        var box = rest.takeRight(displayWidth(of: shortName) + 22)
        frame.fill(box, style: palette[.text])
        _ = box.takeLeft(1)
        frame.put("── ", at: box.takeLeft(3).origin, style: palette[.accent])
        frame.put(shortName, at: box.takeLeft(displayWidth(of: shortName) + 1).origin, style: palette[.text])
        frame.put("╌╌ ", at: box.takeLeft(3).origin, style: palette[.other])
        frame.put("other classes", at: box.origin, width: box.width, style: palette[.text])
    }
}

/// The accuracies a plot spans: all that it shows, in whole tens of percent, so that a change of a few points can be
/// seen. It depends on the whole curve, so it stands still while the slider moves.
struct AccuracyAxis: Equatable {
    /// In tens of percent.
    private let lower: Double
    private let upper: Double

    init(_ accuracies: [Accuracy]) {
        let shares = accuracies.flatMap { [$0.ofClass, $0.ofOthers] }
        guard let least = shares.min(), let greatest = shares.max() else {
            (lower, upper) = (0, 10)
            return
        }
        let top = max(2, (greatest * 10).rounded(.up))
        (lower, upper) = (min((least * 10).rounded(.down), top - 2), top)
    }

    /// How far below the top a share lies: 0 at the top, 1 at the bottom.
    func depth(of share: Double) -> Double { min(1, max(0, (upper - share * 10) / (upper - lower))) }

    /// What stands at a depth.
    func label(at depth: Double) -> String { "\(Int(((upper - depth * (upper - lower)) * 10).rounded())) %" }
}
