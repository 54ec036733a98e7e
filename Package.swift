// swift-tools-version: 6.2
import Foundation
import PackageDescription

// One library, one folder; a target imports only lower floors (Sources/Carillon.docc/Architecture.md).
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .treatAllWarnings(as: .error),
]

func library(
    _ name: String,
    _ dependencies: [Target.Dependency] = [],
    exclude: [String] = [],
    resources: [Resource]? = nil
) -> Target {
    .target(name: name, dependencies: dependencies, exclude: exclude, resources: resources, swiftSettings: strict)
}

func executable(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ target: String, _ more: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .testTarget(
        name: "\(target)Tests",
        dependencies: [.byName(name: target)] + more,
        exclude: exclude,
        swiftSettings: strict
    )
}

/// deploy/package names the commit; nothing else is built anew for it.
let commit = ProcessInfo.processInfo.environment["CARILLON_COMMIT"]

func systemLibrary(_ name: String, pkgConfig: String, apt: String) -> Target {
    .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt])])
}

let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")

let package = Package(
    name: "carillon",
    products: [
        .executable(name: "carillon", targets: ["carillon"]),
        .executable(name: "carillon-simulator", targets: ["carillon-simulator"]),
    ],
    // Exact, and with what they bring along in deploy/dependencies.txt: Package.resolved is not kept.
    dependencies: [
        // HTTP in: routing, bodies, Unix socket; HTTP/2 and TLS of it serve the simulator only.
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
        // The operator's command tree, its help and its completions.
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        // Structured logs.
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        // Start in the order of dependence, stop in reverse, signals.
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        // The simulator's cryptography and the tests': a second opinion on ours (record 0047). The gateway does not link it.
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        // The configuration file, with the line of every key for the report of mistakes.
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        // Header names of requests and answers, shared with Hummingbird.
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        // The simulator speaks HTTP/2 through another stack than the engine, so that a shared mistake shows.
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/apple/swift-nio-http2", exact: "1.46.0"),
    ],
    targets: [
        // Floor 0: system libraries (module map and small shims) and the nouns and rules.
        systemLibrary("CSQLite", pkgConfig: "sqlite3", apt: "libsqlite3-dev"),
        systemLibrary("CNGHTTP2", pkgConfig: "libnghttp2", apt: "libnghttp2-dev"),
        systemLibrary("COpenSSL", pkgConfig: "openssl", apt: "libssl-dev"),
        systemLibrary("CCurl", pkgConfig: "libcurl", apt: "libcurl4-openssl-dev"),
        systemLibrary("CExpat", pkgConfig: "expat", apt: "libexpat1-dev"),
        systemLibrary("CArchive", pkgConfig: "libarchive", apt: "libarchive-dev"),
        systemLibrary("CNATS", pkgConfig: "libnats", apt: "libnats-dev"),
        .systemLibrary(name: "CXattr"),
        library("Domain"),
        // What every binding asks of POSIX: a thread, a whole write.
        library("POSIX"),
        // What the outside reads and writes; the document and the meaning of each problem are part of the binary.
        library(
            "Contract",
            ["Domain", "CDocuments"],
            exclude: ["openapi.json", "problems.json"]
        ),
        .target(name: "CDocuments"),
        // Floor 1: thin bindings, each alone with its C library.
        library("Database"),
        library("SQLite", ["POSIX", "CSQLite", "Database"]),
        library("FanOut", ["POSIX", "CNGHTTP2", "COpenSSL"]),
        // Hashes, sealing, signatures: every cryptography of the gateway but TLS, and of the same library.
        library("Cryptography", ["COpenSSL"]),
        library("WebClient", ["POSIX", "CCurl"]),
        library("NATS", ["CNATS"]),
        library("Telemetry", ["Domain", "POSIX", logging]),
        // Foundation's zones: no other target reads them.
        library("LocalTime", ["Domain"]),
        // Floor 2: what the outside looks like.
        library("Store", ["Domain", "POSIX", "Database", "SQLite", "Cryptography"]),
        // The built-in kinds and texts are those of Config, by links.
        library(
            "Settings",
            ["Domain", .product(name: "Yams", package: "Yams")],
            resources: ["publications", "fr", "en", "ar", "pt", "tr", "es"].map { .embedInCode("Defaults/\($0).yaml") }
        ),
        library("Providers", ["Domain", "Cryptography", "FanOut", "WebClient", "Settings"]),
        library("DirectoryImport", ["Domain", "POSIX", "Cryptography", "CExpat", "CArchive"]),
        library("Dialects", ["Domain"]),
        // Floor 3: the lanes (`Dispatch` is the name of a system library), and above them the services.
        library(
            "Delivery",
            ["Domain", "LocalTime", "Telemetry", "Cryptography", "Store", "Providers", "FanOut", "WebClient", logging]
        ),
        library(
            "Pipeline",
            [
                "Domain", "POSIX", "Contract", "Telemetry", "Cryptography", "Store", "Providers", "Delivery",
                "DirectoryImport", "LocalTime", logging,
            ]
        ),
        // Floor 4: what comes in.
        library(
            "API",
            [
                "Domain", "POSIX", "Contract", "LocalTime", "Telemetry", "Store", "Providers", "Dialects", "Delivery",
                "Pipeline", "CXattr",
                "WebClient", "NATS", "Cryptography", hummingbird, logging, lifecycle,
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
            ]
        ),
        // Floor 5: the operator, who asks the gateway, or with --offline the same routes over the stores.
        library(
            "Operator",
            [
                "Domain", "POSIX", "Contract", "LocalTime", "Store", "WebClient", "Providers", "DirectoryImport",
                "Dialects",
                "Delivery", "Pipeline", "Settings", "API", "CDocuments", "Cryptography", logging,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            exclude: ["Language/fr.json"]
        ),
        // Floor 6: the executables.
        .target(name: "CVersion", cSettings: commit.map { [.define("CARILLON_COMMIT", to: $0)] } ?? []),
        executable(
            "carillon",
            [
                "Domain", "Contract", "Telemetry", "Settings", "Store", "Providers", "FanOut", "WebClient", "Delivery",
                "Pipeline",
                "API",
                "Operator", "Cryptography", lifecycle, logging, "Database", "NATS", "CVersion",
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]
        ),
        library(
            "Simulator",
            [
                crypto, cryptoExtras, lifecycle,
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOHPACK", package: "swift-nio-http2"),
                .product(name: "NIOHTTP2", package: "swift-nio-http2"),
            ]
        ),
        executable(
            "carillon-simulator",
            [
                "Simulator", lifecycle, logging,
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]
        ),
        // Tests: one target each, data in Tests/SampleData.
        // What the tests of several targets share; no product has it.
        .target(
            name: "TestSupport",
            dependencies: ["API", "Cryptography", "Dialects", "Domain", "FanOut", "Providers"],
            path: "Tests/Support",
            swiftSettings: strict
        ),
        tests("Domain"),
        tests("POSIX"),
        tests("SQLite", ["Database"]),
        // Each primitive against the other library, both ways.
        tests("Cryptography", [crypto, cryptoExtras]),
        tests(
            "FanOut",
            exclude: ["hostile-server.py", "broken_connections.py", "hostile-proxy.py", "certificates.py"]
        ),
        tests("WebClient", exclude: ["server.py"]),
        tests("Telemetry", ["Domain", logging]),
        tests("LocalTime", ["Domain"], exclude: ["zones.py"]),
        // What every engine of the stores promises; an engine's tests run it on their own.
        .target(
            name: "StoreConformance",
            dependencies: ["Cryptography", "Domain", "Database", "Store"],
            path: "Tests/StoreConformance",
            swiftSettings: strict
        ),
        tests(
            "Store",
            [
                "Cryptography", "Domain", "Database", "SQLite", "StoreConformance", "DirectoryImport", "Providers",
                crypto,
            ]
        ),
        tests(
            "Delivery",
            [
                "Domain", "POSIX", "Store", "Providers", "FanOut", "SQLite", "StoreConformance", "Telemetry",
                "TestSupport", "WebClient",
            ]
        ),
        tests(
            "Pipeline",
            [
                "Contract", "Cryptography", "Delivery", "DirectoryImport", "Domain", "Database", "FanOut", "LocalTime",
                "Providers", "SQLite", "Store", "StoreConformance", "Telemetry", "TestSupport", "WebClient", crypto,
                logging,
            ]
        ),
        tests(
            "Providers",
            // The simulator judges requests with another stack.
            ["Cryptography", "Domain", "FanOut", "Settings", "WebClient", "Simulator", crypto, cryptoExtras],
            exclude: ["WebPush/oracle.py"]
        ),
        tests("DirectoryImport", ["Domain"]),
        // Damaged texts for every parser of what comes from outside.
        .testTarget(
            name: "FuzzTests",
            dependencies: ["API", "Dialects", "DirectoryImport", "Domain", "Providers", "Settings", "TestSupport"],
            swiftSettings: strict
        ),
        tests("Dialects", ["Domain", "TestSupport"]),
        tests("Settings", ["Domain", "Providers"]),
        tests(
            "Operator",
            [
                // The executable, for the live screen in a real terminal.
                "carillon",
                "Cryptography", "Domain", "Contract", "Database", "SQLite", "Store", "Settings", "Providers",
                "Pipeline",
                crypto,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]
        ),
        tests("Contract", ["Domain"]),
        tests(
            "API",
            [
                "Domain", "Contract", "Telemetry", "Store", "Providers", "Dialects", "Delivery", "Pipeline",
                "WebClient", "DirectoryImport", "NATS", "Cryptography", "TestSupport", crypto, cryptoExtras,
                hummingbird, logging, lifecycle,
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "HummingbirdTesting", package: "hummingbird"),
            ]
        ),
        tests("Simulator", [crypto, cryptoExtras], exclude: ["server_checks.py", "transport_checks.py"]),
        .testTarget(
            name: "GatewayTests",
            dependencies: ["carillon", "carillon-simulator"],
            exclude: ["checks"],
            swiftSettings: strict
        ),
    ]
)

// deploy/bench only: measured by hand, so that nobody's build or test waits for them.
if ProcessInfo.processInfo.environment["CARILLON_BENCHMARKS"] != nil {
    package.targets += [
        .executableTarget(
            name: "EngineBench",
            dependencies: ["FanOut"],
            path: "Tests/Benchmarks/EngineBench",
            swiftSettings: strict
        ),
        .executableTarget(
            name: "BenchSeed",
            dependencies: ["Cryptography", "Domain", "Store", "Providers"],
            path: "Tests/Benchmarks/BenchSeed",
            swiftSettings: strict
        ),
        .executableTarget(
            name: "CryptoBench",
            dependencies: ["Cryptography", "Domain", "Providers", "Store"],
            path: "Tests/Benchmarks/CryptoBench",
            swiftSettings: strict
        ),
        .executableTarget(
            name: "RetentionBench",
            dependencies: ["Domain", "Store", "Providers"],
            path: "Tests/Benchmarks/RetentionBench",
            swiftSettings: strict
        ),
    ]
}
