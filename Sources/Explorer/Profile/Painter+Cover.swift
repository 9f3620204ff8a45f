import Analysis

/// The enlarged image with a place covered, and what that changes.
extension Painter {
    /// The picture with its cover, and a mark on it. Nothing is drawn where nothing is covered: false.
    mutating func coveredPicture(_ image: ActivatingImage, in area: Area) -> Bool {
        let state = state.profile.cover
        guard state.subject?.image == image.image, let measured = state.measured, let cover = state.cover else {
            return false
        }
        frame.image(image.thumbnail.covered(cover, measured), in: area, palette)
        let middle = measured.window.middle(
            row: cover.row, column: cover.column, rows: measured.rows, columns: measured.columns)
        let cell = area.cell(at: middle)
        if area.contains(cell) { frame.put("×", at: cell, style: palette[.accent].with([.bold, .reverse])) }
        return true
    }

    /// What was measured, under the picture: the unit, the answer, the classes at hand.
    mutating func coverLines(of image: ActivatingImage, from rest: inout Area) {
        let state = state.profile.cover
        guard state.subject?.image == image.image else { return }
        for (text, role) in lines(of: state, image).reversed() {
            let line = rest.takeBottom(1)
            frame.put(text.fitted(to: line.width), at: line.origin, width: line.width, style: palette[role])
        }
    }

    private func lines(of state: CoverState, _ image: ActivatingImage) -> [(String, Role)] {
        guard let measured = state.measured, let cover = state.cover else { return [("measuring…", .dim)] }
        let place = "row \(cover.row + 1), column \(cover.column + 1) of \(measured.rows) x \(measured.columns)"
        var lines: [(String, Role)] = [("covered with \(cover.filling.rawValue): \(place)", .accent)]
        guard state.isCurrent, let after = measured.after else { return lines + [("measuring…", .dim)] }
        let change = Double(after.activation - measured.before.activation)
        lines.append(
            (
                "activation \(fixed(Double(measured.before.activation), 3)) → \(fixed(Double(after.activation), 3)) "
                    + "(\(fixed(change, 3, signed: true)))", .text
            ))
        guard let was = measured.before.predicted, let now = after.predicted else { return lines }
        func sign(_ name: String) -> String { image.label.map { $0 == name ? "✓" : "✗" } ?? "" }
        let (old, new) = (measured.classes[was], measured.classes[now])
        lines.append(
            was == now
                ? ("still \(sign(new))\(new)", .text)
                : ("\(sign(old))\(old) → \(sign(new))\(new)", image.label == new ? .positive : .negative))
        lines.append(
            (
                "logits: "
                    + measured.classesAtHand.map { name, before, after in
                        "\(name) \(fixed(Double(before), 2)) → \(after.map { fixed(Double($0), 2) } ?? "…")"
                    }.joined(separator: " · "), .text
            ))
        return lines
    }
}

extension Thumbnail {
    /// The picture with a place covered, as the model's input has it.
    func covered(_ cover: Cover, _ measured: CoveredImage) -> Thumbnail {
        var result = self
        let (w, h) = (Double(width), Double(height))
        let window = measured.window
        let left = max(0, Int((window.left * w).rounded())), top = max(0, Int((window.top * h).rounded()))
        let right = min(width, Int(((window.left + window.width) * w).rounded()))
        let bottom = min(height, Int(((window.top + window.height) * h).rounded()))
        let (seenWidth, seenHeight) = (right - left, bottom - top)
        guard seenWidth > 0, seenHeight > 0 else { return self }
        for channel in 0..<3 {
            let values = (0..<seenHeight * seenWidth).map { at in
                Float(pixels[((top + at / seenWidth) * width + left + at % seenWidth) * 3 + channel])
            }
            let covered = cover.applied(
                to: values, width: seenWidth, height: seenHeight, rows: measured.rows, columns: measured.columns,
                grey: 127.5)
            for (at, value) in covered.enumerated() {
                result.pixels[((top + at / seenWidth) * width + left + at % seenWidth) * 3 + channel] =
                    UInt8(max(0, min(255, value.rounded())))
            }
        }
        return result
    }
}
