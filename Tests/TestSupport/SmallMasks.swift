import Foundation

/// Labelled images in the layouts of Broden and of ADE20K's scene parsing: pictures of 28 x 28 whose left half is bright
/// and called `stripe` (label 2), the right half dark and not labelled.
package enum SmallMasks {
    private static func picture(_ index: Int) -> Data {
        SmallPNG.grey((0..<784).map { UInt8($0 % 28 < 14 ? 200 + index : 10) }, width: 28)
    }

    private static let mask = SmallPNG.grey((0..<784).map { $0 % 28 < 14 ? 2 : 0 }, width: 28)

    private static func write(_ files: [(String, Data)], in folder: URL) throws {
        for (name, data) in files {
            let file = folder.appending(path: name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try data.write(to: file)
        }
    }

    package static func broden(in folder: URL, count: Int = 4) throws {
        var index = "image,split,ih,iw,sh,sw,color,object,scene\n"
        for image in 0..<count { index += "d/\(image).png,train,28,28,28,28,,d/mask\(image).png,\(3 + image % 2)\n" }
        try write(
            (0..<count).flatMap { [("images/d/\($0).png", picture($0)), ("images/d/mask\($0).png", mask)] }
                + [
                    ("index.csv", Data(index.utf8)),
                    (
                        "label.csv",
                        Data("number,name,category\n2,stripe,object\n3,street-s,scene\n4,\"sea, wide\",scene\n".utf8)
                    ),
                ], in: folder)
    }

    package static func sceneParsing(in folder: URL, count: Int = 4) throws {
        let names = (0..<count).map { "ADE_val_\($0)" }
        try write(
            names.enumerated().flatMap { place, name in
                [
                    ("images/validation/\(name).png", picture(place)), ("annotations/validation/\(name).png", mask),
                ]
            } + [
                (
                    "objectInfo150.txt",
                    Data(
                        "Idx\tRatio\tTrain\tVal\tStuff\tName\n1\t0.1\t9\t9\t1\twall\n2\t0.1\t9\t9\t0\tstripe, band\n"
                            .utf8)
                ), ("sceneCategories.txt", Data(names.map { "\($0) street\n" }.joined().utf8)),
            ], in: folder)
    }
}
