extension Frame {
    /// The frame with its pictures as `shown` has them: where one stood already it stays, and where none stood the cells
    /// are blank. Pictures that did not change are in it.
    package func holdingPictures(of shown: Frame?) -> Frame {
        guard let shown, shown.size == size else { return holding { _ in nil } }
        let known = Set(shown.pictures)
        let isPicture = Self.cells(of: shown.pictures, in: size)
        return holding { index in
            isPicture[index] ? shown.cells[index] : nil
        } except: {
            known.contains($0)
        }
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
