import Files
import Foundation

extension SegmentedImages {
    /// Broden, and what was made like it (Bau et al. 2017): `index.csv` has a row an image, `image,split,ih,iw,sh,sw` and a
    /// column a category, whose cells hold PNG files or labels of the whole image, parted by semicolons; `label.csv` names
    /// the labels of all categories. Files are relative to `images`.
    init(broden folder: URL) throws(VisionModelsError) {
        let (index, labels) = (folder.appending(path: "index.csv"), folder.appending(path: "label.csv"))
        var names: [Int: String] = [:]
        let table = try Table(labels, needing: ["number", "name"])
        for row in table.rows {
            let text = table.cell("number", of: row)
            guard let number = Int(text), number >= 0, number < 1 << 16 else {
                throw table.fault(row.line, "a number from 0 to 65535 as `number`", text)
            }
            names[number] = table.cell("name", of: row)
        }
        let list = try Table(index, needing: ["image", "sh", "sw"])
        let fixed: Set = ["image", "split", "ih", "iw", "sh", "sw"]
        let categories = list.columns.filter { !fixed.contains($0) && !$0.isEmpty }
        guard !categories.isEmpty else {
            throw list.fault(1, "a column for each category", list.columns.joined(separator: ","))
        }
        let root = folder.appending(path: "images")
        var (images, entries) = ([URL](), [Entry]())
        for row in list.rows {
            var entry = Entry()
            for (category, name) in categories.enumerated() {
                for part in list.cell(name, of: row).split(separator: ";") {
                    let part = part.trimmingCharacters(in: .whitespaces)
                    if let label = Int(part) {
                        guard label == 0 || names[label] != nil else {
                            throw list.fault(row.line, "a label of label.csv as `\(name)`", part)
                        }
                        if label != 0 { entry.whole.append((category, label)) }
                    } else if part.lowercased().hasSuffix(".png"), !part.utf8.contains(0) {
                        entry.masks.append((category, root.appending(path: part).path))
                    } else if !part.isEmpty {
                        throw list.fault(row.line, "PNG files or labels as `\(name)`", part)
                    }
                }
            }
            let sizes = ["sh", "sw"].map { list.cell($0, of: row) }
            guard let height = Int(sizes[0]), let width = Int(sizes[1]), height > 0, width > 0,
                height <= RawImage.mostPixels / width
            else {
                throw list.fault(row.line, "a mask's height and width as `sh` and `sw`", sizes.joined(separator: ","))
            }
            (entry.height, entry.width) = (height, width)
            images.append(root.appending(path: list.cell("image", of: row)))
            entries.append(entry)
        }
        try self.init(
            folder: folder, images: images, categories: categories, names: [names], in: labels, entries: entries)
    }
}

/// A CSV file with names of columns in its first row.
private struct Table {
    let url: URL
    let columns: [String]
    let rows: [(line: Int, cells: [String])]
    private let places: [String: Int]

    init(_ url: URL, needing needed: [String]) throws(VisionModelsError) {
        let all = try readingFiles { () throws(FileError) in try CSV.rows(of: url) }
        self.url = url
        columns = (all.first?.cells ?? []).map { $0.trimmingCharacters(in: .whitespaces) }
        places = Dictionary(columns.enumerated().map { ($0.element, $0.offset) }) { first, _ in first }
        rows = Array(all.dropFirst())
        guard needed.allSatisfy({ places[$0] != nil }) else {
            throw fault(1, "the columns \(needed.joined(separator: ", "))", columns.joined(separator: ","))
        }
        for row in rows where row.cells.count != columns.count {
            throw fault(row.line, "\(columns.count) columns", "\(row.cells.count)")
        }
    }

    func cell(_ name: String, of row: (line: Int, cells: [String])) -> String {
        places[name].map { row.cells[$0] } ?? ""
    }

    func fault(_ line: Int, _ expected: String, _ found: String) -> VisionModelsError {
        .file(.malformedList(file: url.path, line: line, .line(expected: expected, found: String(found.prefix(80)))))
    }
}
