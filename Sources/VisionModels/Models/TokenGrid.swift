/// Where the tokens of a hook point stand in the model's input: first those that stand nowhere (class token, registers),
/// then a grid over the whole input in reading order.
package struct TokenGrid: Sendable, Hashable {
    /// Tokens before the places.
    package let prefix: Int
    package let rows: Int
    package let columns: Int

    init(prefix: Int = 0, rows: Int, columns: Int) {
        (self.prefix, self.rows, self.columns) = (prefix, rows, columns)
    }

    package var places: Int { rows * columns }
}

extension PatchEmbedding {
    /// Of the tokens as they are from here on.
    var grid: TokenGrid {
        TokenGrid(prefix: prefix.rows, rows: input.height / patch, columns: input.width / patch)
    }
}

extension TargetModel {
    /// Of the last hook point that has places: how finely the model as a whole sees.
    package var coarsestGrid: TokenGrid? { hookPoints.reversed().lazy.compactMap(grid).first }
}
