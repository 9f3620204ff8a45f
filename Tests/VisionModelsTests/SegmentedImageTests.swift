import Files
import Foundation
import TestSupport
import Testing
import VisionModels

@Suite("Labelled images")
struct SegmentedImageTests {
    private let scratch: ScratchFolder
    private var folder: URL { scratch.url }

    init() throws { scratch = try ScratchFolder() }

    private func fault(_ change: () throws -> Void) throws -> String {
        try change()
        do {
            let images = try openSegmentedImages(at: folder)
            for index in 0..<images.count { _ = try images.mask(of: index) }
            return "none"
        } catch VisionModelsError.file(.malformedList(let file, let line, .line(let expected, let found))) {
            return "\(file.dropFirst(folder.path.count + 1)) \(line): \(expected); \(found)"
        } catch VisionModelsError.malformedMask(let file, let expected, let found) {
            return "\(file.dropFirst(folder.path.count + 1)): \(expected); \(found)"
        } catch { return "\(error)" }
    }

    @Test func `in Broden's layout have masks by category and labels as a whole`() throws {
        try SmallMasks.broden(in: folder)
        let images = try openSegmentedImages(at: folder)
        #expect(images.count == 4 && images.images.count == 4)
        #expect(images.categories == ["color", "object", "scene"])
        let mask = try images.mask(of: 1)
        #expect((mask.height, mask.width) == (28, 28))
        #expect(mask.layers.map(\.category) == [1])
        let row = [Int32](repeating: 2, count: 14) + [Int32](repeating: 0, count: 14)
        #expect(Array(mask.layers[0].labels.prefix(28)) == row)
        #expect(mask.whole.map(\.label) == [4] && mask.whole.map(\.category) == [2])
        #expect(images.name(of: 4, in: 2) == "sea, wide")
        #expect(images.name(of: 5, in: 2) == nil)
        #expect(try images.images.image(1).shape == ImageShape(channels: 1, height: 28, width: 28))
    }

    @Test func `in the layout of ADE20K's scene parsing have objects and a scene`() throws {
        try SmallMasks.sceneParsing(in: folder)
        try FileManager.default.copyItem(
            at: folder.appending(path: "images/validation/ADE_val_0.png"),
            to: folder.appending(path: "images/validation/without_mask.png"))
        let images = try openSegmentedImages(at: folder)
        #expect(images.count == 4)
        #expect(images.categories == ["object", "scene"])
        let mask = try images.mask(of: 3)
        #expect(Set(mask.layers[0].labels) == [0, 2] && mask.whole.map(\.label) == [1])
        #expect(images.name(of: 2, in: 0) == "stripe, band")
        #expect(images.name(of: 1, in: 1) == "street")
    }

    @Test func `with 256 labels and more have them in red and green`() throws {
        try SmallMasks.broden(in: folder)
        try FileManager.default.removeItem(at: folder.appending(path: "images/d/mask0.png"))
        // Label 258 is red 2, green 1: a BMP is the smallest file of three colours.
        var bytes: [UInt8] =
            Array("BM".utf8) + [58, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0]
        bytes += [1, 0, 24, 0] + [UInt8](repeating: 0, count: 24) + [0, 1, 2, 0]
        _ = try scratch.write(bytes, to: "images/d/mask0.png")
        _ = try scratch.write("number,name\n258,far\n2,stripe\n3,a\n4,b\n", to: "label.csv")
        #expect(try openSegmentedImages(at: folder).mask(of: 0).layers[0].labels == [258])
    }

    @Test func `that contradict themselves say file, line, expected and found`() throws {
        try SmallMasks.broden(in: folder)
        func write(_ text: String, _ name: String) -> () throws -> Void { { _ = try scratch.write(text, to: name) } }
        let head = "image,split,ih,iw,sh,sw,object\n"
        #expect(
            try fault(write(head + "d/0.png,train,28,28,28,28,99\n", "index.csv"))
                == "index.csv 2: a label of label.csv as `object`; 99")
        #expect(
            try fault(write(head + "d/0.png,train,28,28,28,28,mask.gif\n", "index.csv"))
                == "index.csv 2: PNG files or labels as `object`; mask.gif")
        #expect(
            try fault(write(head + "d/0.png,train,28,28,0,28,\n", "index.csv"))
                == "index.csv 2: a mask's height and width as `sh` and `sw`; 0,28")
        #expect(try fault(write(head + "d/0.png,train\n", "index.csv")) == "index.csv 2: 7 columns; 2")
        #expect(
            try fault(write("image,sh,sw\n", "index.csv")) == "index.csv 1: a column for each category; image,sh,sw")
        #expect(
            try fault(write("picture,object\n", "index.csv"))
                == "index.csv 1: the columns image, sh, sw; picture,object")
        #expect(try fault(write(head, "index.csv")).hasPrefix("noImages"))
        try write(head + "d/0.png,train,28,28,28,28,d/mask0.png;d/small.png\n", "index.csv")()
        #expect(
            try fault { _ = try scratch.write(SmallPNG.grey([2], width: 1), to: "images/d/small.png") }
                == "images/d/small.png: 28x28 pixels, as the image's first mask has; 1x1")
        #expect(
            try fault(write("number,name\n3,x\n", "label.csv"))
                == "images/d/mask0.png: labels that \(folder.path)/label.csv names; 2")
        #expect(
            try fault(write("number,name\n-3,x\n", "label.csv"))
                == "label.csv 2: a number from 0 to 65535 as `number`; -3")
        try FileManager.default.removeItem(at: folder.appending(path: "index.csv"))
        #expect(try fault {} == "\(VisionModelsError.noMasks(path: folder.path))")
    }
}
