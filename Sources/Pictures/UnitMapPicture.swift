import Analysis
import Foundation

/// Formats that a map is drawn in.
package enum MapFormat: String, Sendable, CaseIterable {
    case svg, png

    /// By a file's extension; nil for any other.
    package init?(file: URL) { self.init(rawValue: file.pathExtension.lowercased()) }
}

extension UnitMap {
    /// The map drawn on white, with title and legend.
    package func picture(_ format: MapFormat, coloring: MapColoring) -> Data {
        let drawing = MapDrawing(map: self, coloring: coloring)
        return switch format {
        case .svg: Data(MapSVG(drawing: drawing).text.utf8)
        case .png: Data(MapRaster(drawing: drawing).png)
        }
    }
}
