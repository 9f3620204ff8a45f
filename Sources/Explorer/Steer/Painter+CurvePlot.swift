import Analysis

extension Painter {
    /// Accuracy over β in Braille dots: the class in a full line, the other classes dotted, and the slider's place.
    mutating func plot(_ study: OpenStudy, _ reading: SteerReading, _ parts: SteeringLayout) {
        let (area, cells) = (parts.plot, parts.plotCells)
        guard cells.width >= 12, cells.height >= 2 else { return }
        let row: SteerState.Row = state.steer.operator == .scaling ? .scaling : .adding
        let slider = state.slider(row, study)
        let samples = samples(slider, reading.subject, across: cells.width * 2)
        let axis = AccuracyAxis(
            samples.compactMap { $0?.accuracy } + (reading.readOut.map { [$0.outcome.after] } ?? []))
        axes(slider, axis, area: area, cells: cells)
        let knob = slider.column(of: state.steer.beta, width: cells.width)
        for line in 0..<cells.height {
            frame.put("│", at: cells.point(knob, line), style: palette[.track])
        }
        var canvas = BrailleCanvas(columns: cells.width, rows: cells.height)
        draw(
            samples.map { $0.map { ($0.x, axis.depth(of: $0.accuracy.ofOthers)) } }, on: &canvas, layer: 1, dotted: true
        )
        // A class without held-out images has no curve.
        let hasClass = reading.readOut.map { $0.outcome.classAccuracy != nil } ?? true
        if hasClass {
            draw(
                samples.map { $0.map { ($0.x, axis.depth(of: $0.accuracy.ofClass)) } }, on: &canvas, layer: 0,
                dotted: false)
        }
        let isCurrent = reading.readOut?.isCurrent ?? false
        interval(reading, axis, at: knob, on: &canvas)
        let styles = isCurrent ? [palette[.accent], palette[.other]] : [palette[.dim], palette[.dim]]
        frame.draw(canvas, at: cells.origin, styles: styles)
        if hasClass, let readOut = reading.readOut, readOut.isCurrent {
            let level = axis.depth(of: readOut.outcome.after.ofClass) * Double(cells.height * 4 - 1)
            let style = palette[.accent].with(.bold)
            frame.put("●", at: cells.point(knob, Int(level.rounded()) / 4), style: style)
        }
        frame.put("▲", at: Point(column: cells.column + knob, row: cells.bottom), style: palette[.accent].with(.bold))
        legend(reading, in: area.line(0))
    }

    /// The 95 % interval of a count that goes on, a band at the slider's place that narrows.
    private func interval(_ reading: SteerReading, _ axis: AccuracyAxis, at knob: Int, on canvas: inout BrailleCanvas) {
        guard let readOut = reading.readOut, readOut.isCurrent, !readOut.outcome.isComplete else { return }
        let interval = readOut.outcome.classInterval
        // An interval over everything says nothing yet.
        guard interval.upperBound - interval.lowerBound < 0.9 else { return }
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
    private func samples(_ slider: Slider, _ now: SteerState.Subject?, across width: Int) -> [Sample?] {
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
        guard let (subject, points) = state.steer.walked, subject == now else { return [] }
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
}
