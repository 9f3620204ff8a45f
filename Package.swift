// swift-tools-version: 6.2
import PackageDescription

/// Continuous integration builds our own targets with warnings as errors; a user's compiler may know newer warnings.
let warnings: [SwiftSetting] = Context.environment["CI"] == nil ? [] : [.treatAllWarnings(as: .error)]

/// Every target names all that it imports, and nothing else; `make lint` sees to it (Tools/check_imports.py).
let package = Package(
    name: "miclip-explorer",
    products: [
        .executable(name: "miclip", targets: ["miclip"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-algorithms", from: "1.2.1"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // The executable and its front ends.
        .executableTarget(
            name: "miclip",
            dependencies: [
                "Analysis", "CBuild", "Cache", "CursesTerminal", "Explorer", "ExplorerRuntime", "Files",
                "LinearAlgebra",
                "Pictures", "VisionModels", "WordNet", "Workbench",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: warnings),
        .target(
            name: "ExplorerRuntime", dependencies: ["Analysis", "Explorer", "WordNet", "Workbench"],
            swiftSettings: warnings),
        .target(
            name: "CursesTerminal", dependencies: ["Analysis", "CNcurses", "Explorer"], swiftSettings: warnings),
        .target(
            name: "Explorer",
            dependencies: [
                "Analysis", .product(name: "Algorithms", package: "swift-algorithms"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: warnings),

        // The verbs, and what they stand on.
        .target(
            name: "Workbench",
            dependencies: [
                "Analysis", "Cache", "Digests", "Files", "LinearAlgebra", "Pictures", "VisionModels", "WordNet",
                .product(name: "Algorithms", package: "swift-algorithms"),
            ],
            swiftSettings: warnings),
        .target(
            name: "Cache",
            dependencies: [
                "Analysis", "Digests", .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: warnings),
        .target(
            name: "VisionModels",
            dependencies: [
                "CImageCodecs", "Digests", "Files", "LinearAlgebra",
                .product(name: "Algorithms", package: "swift-algorithms"),
            ],
            swiftSettings: warnings),
        .target(name: "Pictures", dependencies: ["Analysis", "CPNG"], swiftSettings: warnings),
        .target(
            name: "Analysis",
            dependencies: ["LinearAlgebra", .product(name: "Algorithms", package: "swift-algorithms")],
            swiftSettings: warnings),

        // The ground floor.
        .target(name: "WordNet", dependencies: ["Files"], swiftSettings: warnings),
        .target(name: "Files", dependencies: ["CMappings", "CZlib", "LinearAlgebra"], swiftSettings: warnings),
        .target(
            name: "Digests", dependencies: [.product(name: "Crypto", package: "swift-crypto")], swiftSettings: warnings),
        .target(
            name: "LinearAlgebra",
            dependencies: ["CKernels", "COpenBLAS", .product(name: "Algorithms", package: "swift-algorithms")],
            swiftSettings: warnings),

        // C: one library, one importing target.
        .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "CKernels"),
        .target(name: "CMappings"),
        .target(
            name: "CBuild",
            cSettings: [.define("MICLIP_COMMIT", to: "\"\(Context.environment["MICLIP_COMMIT"] ?? "")\"")]),
        .target(
            name: "CImageCodecs",
            linkerSettings: ["jpeg", "png", "webp", "webpdemux", "gif", "tiff", "z"].map { .linkedLibrary($0) }),
        .target(name: "CNcurses", linkerSettings: [.linkedLibrary("ncursesw"), .linkedLibrary("tinfo")]),

        // Benchmarks.
        .executableTarget(
            name: "miclip-bench",
            dependencies: [
                "Analysis", "Explorer", "Files", "LinearAlgebra", "ScriptedExplorer",
                "VisionModels", "Workbench",
            ],
            path: "Benchmarks/miclip-bench", swiftSettings: warnings),
        .executableTarget(
            name: "miclip-throughput", dependencies: ["LinearAlgebra", "VisionModels"],
            path: "Benchmarks/miclip-throughput", swiftSettings: warnings),

        // Tests.
        .executableTarget(
            name: "miclip-torture",
            dependencies: [
                "Analysis", "Cache", "CursesTerminal", "Explorer", "Files", "LinearAlgebra", "TestSupport",
                "VisionModels", "WordNet", "Workbench",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            path: "Tests/Torture", swiftSettings: warnings),
        .target(name: "TestSupport", dependencies: ["LinearAlgebra"], path: "Tests/TestSupport"),
        .target(
            name: "ScriptedExplorer",
            dependencies: ["Analysis", "Explorer", "ExplorerRuntime", "LinearAlgebra", "Workbench"],
            path: "Tests/ScriptedExplorer", swiftSettings: warnings),
        .testTarget(
            name: "ExplorerRuntimeTests",
            dependencies: ["Analysis", "Explorer", "ExplorerRuntime", "ScriptedExplorer", "TestSupport", "Workbench"],
            swiftSettings: warnings),
        .testTarget(
            name: "LinearAlgebraTests", dependencies: ["LinearAlgebra", "TestSupport"], swiftSettings: warnings),
        .testTarget(
            name: "FilesTests", dependencies: ["Files", "LinearAlgebra", "TestSupport"], swiftSettings: warnings),
        .testTarget(name: "WordNetTests", dependencies: ["Files", "TestSupport", "WordNet"], swiftSettings: warnings),
        .testTarget(name: "PicturesTests", dependencies: ["Pictures", "VisionModels"], swiftSettings: warnings),
        .testTarget(
            name: "VisionModelsTests",
            dependencies: ["Digests", "Files", "LinearAlgebra", "TestSupport", "VisionModels"],
            swiftSettings: warnings),
        .testTarget(
            name: "AnalysisTests", dependencies: ["Analysis", "LinearAlgebra", "TestSupport"], swiftSettings: warnings),
        .testTarget(
            name: "CacheTests",
            dependencies: [
                "Analysis", "Cache", "Digests", "TestSupport", .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: warnings),
        .testTarget(
            name: "ExplorerTests", dependencies: ["Analysis", "Explorer", "ScriptedExplorer"],
            swiftSettings: warnings),
        .testTarget(
            name: "CursesTerminalTests", dependencies: ["Analysis", "CursesTerminal", "Explorer", "TestSupport"],
            swiftSettings: warnings),
        .testTarget(
            name: "WorkbenchTests",
            dependencies: [
                "Analysis", "Files", "LinearAlgebra", "Pictures", "TestSupport",
                "VisionModels", "WordNet", "Workbench",
            ],
            swiftSettings: warnings),
        .testTarget(
            name: "CommandLineTests",
            dependencies: ["Analysis", "Cache", "Explorer", "LinearAlgebra", "TestSupport", "Workbench", "miclip"],
            swiftSettings: warnings),
        .testTarget(name: "ProgramTests", dependencies: ["TestSupport", "miclip"], swiftSettings: warnings),
        .testTarget(
            name: "TortureTests", dependencies: ["TestSupport", "miclip", "miclip-torture"], swiftSettings: warnings),
    ],
    swiftLanguageModes: [.v6]
)
