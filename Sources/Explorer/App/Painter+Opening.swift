import Analysis

extension Painter {
    /// Progress of the first start: extraction and alignment take a while.
    mutating func opening(_ progress: WorkProgress?, secondsElapsed: Double) {
        let block = frame.area.centered(width: min(64, frame.size.columns - 4), height: 8)
        frame.put("miclip", at: block.point(), style: palette[.accent].with(.bold))
        frame.put("  What do the units of a vision model stand for?", at: block.point(6), style: palette[.dim])
        guard let progress else {
            frame.put("Opening the study…", at: block.point(0, 2), style: palette[.text])
            return stopHint(in: block)
        }
        frame.put(progress.phase.rawValue, at: block.point(0, 2), style: palette[.text].with(.bold))
        frame.putRight(percent(progress.fraction), in: block.line(2), style: palette[.text])
        frame.fill(block.line(3), with: "─", style: palette[.track])
        frame.bar(progress.fraction, in: block.line(3), style: palette[.bar])
        var facts = ["\(grouped(progress.completed)) of \(grouped(progress.total))"]
        if let rate = progress.rate { facts.append(fixed(rate, rate < 10 ? 1 : 0) + " a second") }
        if let loss = progress.loss { facts.append("loss " + fixed(loss, 3)) }
        frame.put(facts.joined(separator: " · "), at: block.point(0, 4), width: block.width, style: palette[.dim])
        let left = progress.secondsLeft.map { ", about \(duration($0)) left" } ?? ""
        frame.put(duration(secondsElapsed) + " so far" + left, at: block.point(0, 5), style: palette[.dim])
        stopHint(in: block)
    }

    private mutating func stopHint(in block: Area) {
        let used = frame.put("Esc", at: block.point(0, 7), style: palette[.accent])
        frame.put(" stops; the next start goes on from here.", at: block.point(used, 7), style: palette[.dim])
    }

    mutating func failed(_ why: String) {
        let width = min(72, frame.size.columns - 4)
        let lines = wrapped(why, to: width)
        let block = frame.area.centered(width: width, height: min(lines.count + 4, frame.size.rows))
        frame.put("The study could not be opened", at: block.point(), style: palette[.negative].with(.bold))
        for (row, line) in lines.prefix(max(0, block.height - 4)).enumerated() {
            frame.put(line, at: block.point(0, row + 2), width: width, style: palette[.text])
        }
        let used = frame.put("q", at: block.point(0, block.height - 1), style: palette[.accent])
        frame.put(" quits.", at: block.point(used, block.height - 1), style: palette[.dim])
    }
}
