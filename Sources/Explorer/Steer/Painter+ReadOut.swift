import Analysis

extension Painter {
    /// Accuracy before and after: on the concept's class, on the rest, on all.
    mutating func readOut(_ study: OpenStudy, _ reading: SteerReading, in area: Area) {
        guard area.height >= 4 else { return }
        guard let readOut = reading.readOut else {
            return hint([state.jobs.isRunning(.curve) || state.jobs.isRunning(.count) ? "Counting…" : ""], in: area)
        }
        var rest = area
        let columns = 8
        func cells(_ line: Area) -> (name: Area, numbers: [Area]) {
            var line = line
            _ = line.takeRight(1)
            let numbers = (0..<3).map { _ in line.takeRight(columns) }
            return (line, numbers.reversed())
        }
        let header = cells(rest.takeTop(1))
        frame.put("accuracy".fitted(to: header.name.width), at: header.name.origin, style: palette[.dim])
        for (title, cell) in zip(["before", "after", "∆Acc"], header.numbers) {
            frame.putRight(title, in: cell, style: palette[.dim])
        }
        for (index, (name, accuracy)) in readOut.outcome.rows(readOut.target).enumerated() {
            let (label, numbers) = cells(rest.takeTop(1))
            let text = readOut.isCurrent ? palette[.text] : palette[.dim]
            let strong: Style.Attributes = index == 0 && readOut.isCurrent ? .bold : []
            frame.put(
                label.width > 0 ? name.fitted(to: label.width) : "", at: label.origin, style: text.with(strong))
            guard let accuracy else {
                frame.putRight("no image", in: numbers[2], style: palette[.dim])
                continue
            }
            let change = accuracy.after - accuracy.before
            frame.putRight(percent(accuracy.before), in: numbers[0], style: text)
            frame.putRight(percent(accuracy.after), in: numbers[1], style: text.with(strong))
            frame.putRight(
                points(change), in: numbers[2],
                style: (readOut.isCurrent ? palette.change(change) : palette[.dim]).with(strong))
        }
        caption(readOut, study, in: &rest)
    }

    /// Whose accuracy is not known exactly, and its 95 % interval: the class's, or where all of that was counted the
    /// others'.
    private func doubt(_ readOut: ReadOut) -> (name: String, interval: ClosedRange<Double>) {
        let outcome = readOut.outcome
        return outcome.classImages == outcome.classImagesInAll
            ? ("others", outcome.othersInterval) : (readOut.target.name, outcome.classInterval)
    }

    /// How sure the figures are.
    private mutating func caption(_ readOut: ReadOut, _ study: OpenStudy, in rest: inout Area) {
        let line = rest.takeTop(1)
        let (seen, all) = (readOut.outcome.images, readOut.outcome.imagesInAll)
        let text: String
        if !readOut.isCurrent {
            text = "the newest sliders are being counted…"
        } else if seen < all {
            let (name, interval) = doubt(readOut)
            let isWide = interval.upperBound - interval.lowerBound >= 0.9
            let bounds = "\(fixed(interval.lowerBound * 100, 1))–\(percent(interval.upperBound)) (95 %)"
            let texts =
                isWide
                ? ["still counting, \(grouped(seen)) of \(grouped(all))"]
                : [
                    "\(grouped(seen)) of \(grouped(all)); \(name) \(bounds)", "\(grouped(seen)); \(name) \(bounds)",
                    "\(name) \(bounds)",
                ]
            text = texts.first { displayWidth(of: $0) <= line.width } ?? texts[texts.count - 1]
        } else {
            text = "\(study.facts.remainder.isExact ? "exact, " : "")\(grouped(all)) held-out images"
        }
        frame.put(text.fitted(to: line.width), at: line.origin, width: line.width, style: palette[.dim])
        if let flipped = readOut.flipped, readOut.isCurrent, flipped.right + flipped.wrong > 0 {
            let line = rest.takeTop(1)
            let used = frame.put("flipped ", at: line.origin, width: line.width, style: palette[.dim])
            let right = frame.put(
                "\(grouped(flipped.right)) right ", at: line.point(used), width: line.width - used,
                style: palette[flipped.right > 0 ? .positive : .dim])
            frame.put(
                "\(grouped(flipped.wrong)) wrong", at: line.point(used + right), width: line.width - used - right,
                style: palette[flipped.wrong > 0 ? .negative : .dim])
        }
        if readOut.isCurrent, seen < all {
            frame.bar(Double(seen) / Double(max(1, all)), in: rest.takeTop(1).inset(columns: 1), style: palette[.bar])
        }
    }
}

extension InterventionOutcome {
    /// What a read-out shows, line by line; no accuracy where there is no image.
    func rows(_ target: ConceptClass) -> [(name: String, accuracy: AccuracyChange?)] {
        [(target.name, classAccuracy), ("other classes", otherAccuracy), ("all", accuracy)]
    }
}

extension RemainderKind {
    /// Whether figures come from a formula, not from running the network again.
    fileprivate var isExact: Bool { self == .linear || self == .normalized }
}
