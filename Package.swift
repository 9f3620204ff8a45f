// swift-tools-version: 6.2
import PackageDescription

/// Continuous integration builds our own targets with warnings as errors; a user's compiler may know newer warnings.
let warnings: [SwiftSetting] = Context.environment["CI"] == nil ? [] : [.treatAllWarnings(as: .error)]

let package = Package(
    name: "miclip-explorer",
    products: [
        .executable(name: "miclip", targets: ["miclip"]),
        .library(name: "Analysis", targets: ["Analysis"]),
        .library(name: "VisionModels", targets: ["VisionModels"]),
        .library(name: "Workbench", targets: ["Workbench"]),
    ],
    dependencies: [
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
                "Explorer", "ExplorerRuntime", "CursesTerminal", "Workbench",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: warnings),
        .target(name: "ExplorerRuntime", dependencies: ["Explorer", "Workbench"], swiftSettings: warnings),
        .target(
            name: "CursesTerminal", dependencies: ["Explorer", "CNcurses"], swiftSettings: warnings),
        .target(
            name: "Explorer", dependencies: ["Analysis", .product(name: "Yams", package: "Yams")],
            swiftSettings: warnings),

        // The verbs, and what they stand on.
        .target(
            name: "Workbench", dependencies: ["Analysis", "VisionModels", "Cache", "Digests"], swiftSettings: warnings),
        .target(
            name: "Cache", dependencies: ["Analysis", "Digests", .product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: warnings),
        .target(name: "Analysis", dependencies: ["LinearAlgebra"], swiftSettings: warnings),
        .target(
            name: "VisionModels", dependencies: ["LinearAlgebra", "Digests", "CZlib", "CImageCodecs"],
            swiftSettings: warnings),
        .target(
            name: "Digests", dependencies: [.product(name: "Crypto", package: "swift-crypto")], swiftSettings: warnings),
        .target(name: "LinearAlgebra", dependencies: ["COpenBLAS", "CKernels"], swiftSettings: warnings),

        // C: one library, one importing target.
        .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "CKernels"),
        .target(
            name: "CImageCodecs",
            linkerSettings: ["jpeg", "png", "webp", "webpdemux", "gif", "tiff", "z"].map { .linkedLibrary($0) }),
        .target(name: "CNcurses", linkerSettings: [.linkedLibrary("ncursesw"), .linkedLibrary("tinfo")]),

        // Benchmarks.
        .executableTarget(
            name: "miclip-bench", dependencies: ["Explorer", "ExplorerRuntime", "Workbench"],
            path: "Benchmarks/miclip-bench", swiftSettings: warnings),
        .executableTarget(
            name: "miclip-throughput", dependencies: ["VisionModels", "LinearAlgebra"],
            path: "Benchmarks/miclip-throughput", swiftSettings: warnings),

        // Tests.
        .target(name: "TestSupport", dependencies: ["LinearAlgebra"], path: "Tests/TestSupport"),
        .testTarget(
            name: "LinearAlgebraTests", dependencies: ["LinearAlgebra", "TestSupport"], swiftSettings: warnings),
        .testTarget(name: "VisionModelsTests", dependencies: ["VisionModels", "TestSupport"], swiftSettings: warnings),
        .testTarget(name: "AnalysisTests", dependencies: ["Analysis", "TestSupport"], swiftSettings: warnings),
        .testTarget(
            name: "CacheTests",
            dependencies: ["Cache", "Analysis", "Digests", .product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: warnings),
        .testTarget(
            name: "ExplorerTests", dependencies: ["Explorer", "Analysis", "LinearAlgebra"], swiftSettings: warnings),
        .testTarget(
            name: "CursesTerminalTests", dependencies: ["CursesTerminal", "Explorer"], swiftSettings: warnings),
        .testTarget(
            name: "WorkbenchTests",
            dependencies: ["Workbench", "Explorer", "ExplorerRuntime", "TestSupport", "VisionModels"],
            swiftSettings: warnings),
        .testTarget(name: "CommandLineTests", dependencies: ["miclip", "TestSupport"], swiftSettings: warnings),
    ],
    swiftLanguageModes: [.v6]
)
