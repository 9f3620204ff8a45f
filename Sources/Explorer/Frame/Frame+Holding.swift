extension Frame {
    /// The frame as it is drawn while keys come: of what waits for a pause, it has what `shown` has.
    package func holding(of shown: Frame?) -> Frame {
        let held = holdingPictures(of: shown)
        // Where it has just come up, the pictures under it go at once.
        guard let shown, shown.size == size, let hurried,
            shown.pictures.allSatisfy({ $0.area.intersection(hurried).isEmpty })
        else { return held }
        var result = shown
        for row in hurried.row..<hurried.bottom {
            for column in hurried.column..<hurried.end {
                let index = row * size.columns + column
                result.replace(index, by: cells[index])
            }
        }
        result.cursor = cursor
        return result
    }

    /// The frame with its pictures as `shown` has them: where one stood already it stays, and where none stood the cells
    /// are blank. Pictures that did not change are in it.
    func holdingPictures(of shown: Frame?) -> Frame {
        guard let shown, shown.size == size else { return holding { _ in nil } }
        let known = Set(shown.pictures)
        let isPicture = Self.cells(of: shown.pictures, in: size)
        var held = holding { index in
            isPicture[index] ? shown.cells[index] : nil
        } except: {
            known.contains($0)
        }
        // Those that stood where others are to stand are still there.
        let willBePicture = Self.cells(of: pictures, in: size)
        for old in shown.pictures where !held.pictures.contains(old) && old.area.isWhole(in: willBePicture, size) {
            held.show(old)
        }
        return held
    }

    /// The frame with blanks where pictures are: for terminals that show them in pixels.
    package var withoutPictureCells: Frame {
        var blank = holding { _ in nil }
        for picture in pictures { blank.show(picture) }
        return blank
    }

    /// The frame with cells that no other frame has where some pictures were, so that whatever stands there next is
    /// drawn.
    package func scratching(_ pictures: [Picture]) -> Frame {
        var result = self
        for (index, isGone) in Self.cells(of: pictures, in: size).enumerated() where isGone {
            result.replace(index, by: Cell("\u{FFFD}", Style(attributes: [.bold, .dim, .underline, .reverse])))
        }
        return result
    }

    private func holding(
        _ cell: (Int) -> Cell?, except isShown: (Picture) -> Bool = { _ in false }
    ) -> Frame {
        var result = self
        for picture in pictures where !isShown(picture) {
            for row in picture.area.row..<picture.area.bottom {
                for column in picture.area.column..<picture.area.end where contains(Point(column: column, row: row)) {
                    let index = row * size.columns + column
                    result.replace(index, by: cell(index) ?? Cell(" ", Style(background: blankPaper)))
                }
            }
            result.hide(picture)
        }
        return result
    }

    /// What lies behind everything, as the screen's last cell has it: no picture reaches there.
    private var blankPaper: Color? { cells.last?.style.background }

    private static func cells(of pictures: [Picture], in size: Size) -> [Bool] {
        var isPicture = [Bool](repeating: false, count: size.columns * size.rows)
        for picture in pictures {
            for row in picture.area.row..<min(size.rows, picture.area.bottom) {
                for column in picture.area.column..<min(size.columns, picture.area.end) {
                    isPicture[row * size.columns + column] = true
                }
            }
        }
        return isPicture
    }
}

extension Area {
    /// Whether all its cells are marked.
    fileprivate func isWhole(in marked: [Bool], _ size: Size) -> Bool {
        (row..<bottom).allSatisfy { row in
            (column..<end).allSatisfy { column in
                column < size.columns && row < size.rows && marked[row * size.columns + column]
            }
        }
    }
}
