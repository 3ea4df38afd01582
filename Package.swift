// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .enableExperimentalFeature("Lifetimes"),
    .enableUpcomingFeature("ExistentialAny"),
    .treatAllWarnings(as: .error),
]

/// A module of the broker; `Sources/README.md` says what it may import, and a test enforces it.
func module(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

let package = Package(
    name: "nightjar",
    products: [.executable(name: "nightjar", targets: ["nightjar"])],
    targets: [
        .target(name: "CLibraries", linkerSettings: []),
        module("Core", ["CLibraries"]),
        module("Sky", ["CLibraries", "Core"]),
        module("Avro", ["CLibraries", "Core"]),
        module("Functions", ["Core", "Sky"]),
        module("ADQL", ["Core", "Sky", "Functions"]),
        module("FilterEngine", ["Core", "Sky", "Functions", "ADQL"]),
        module("Crossmatch", ["CLibraries", "Core", "Sky"]),
        module("SolarSystem", ["CLibraries", "Core", "Sky"]),
        module("Storage", ["CLibraries", "Core", "Sky", "Avro"]),
        module("Streams", ["CLibraries", "Core", "Avro"]),
        module("Pipeline", ["Core", "Sky", "Avro", "Crossmatch", "SolarSystem", "FilterEngine"]),
        module("Simulator", ["CLibraries", "Core", "Sky", "Avro", "SolarSystem"]),
        module(
            "Service",
            [
                "CLibraries", "Core", "Sky", "Avro", "Functions", "ADQL", "FilterEngine", "Crossmatch", "SolarSystem",
                "Storage",
            ]),
        .executableTarget(
            name: "nightjar",
            dependencies: [
                "CLibraries", "Core", "Sky", "Avro", "Functions", "ADQL", "FilterEngine", "Crossmatch",
                "SolarSystem", "Storage", "Streams",
                "Pipeline", "Simulator", "Service",
            ],
            swiftSettings: settings),
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: settings),
        tests("CoreTests", ["Core"]),
        tests("SkyTests", ["TestSupport", "Sky", "Core"]),
        tests("AvroTests", ["TestSupport", "Avro", "Streams", "CLibraries"]),
        tests("FilterEngineTests", ["TestSupport", "FilterEngine", "ADQL", "Functions"]),
        tests("CrossmatchTests", ["TestSupport", "Crossmatch", "Sky", "Core", "CLibraries"]),
        tests("SolarSystemTests", ["SolarSystem", "Sky", "Core", "CLibraries"]),
        tests("StorageTests", ["TestSupport", "Storage"]),
        tests("StreamsTests", ["Streams", "Avro", "CLibraries"]),
        tests(
            "PipelineTests",
            [
                "TestSupport", "Pipeline", "Storage", "Simulator", "Avro", "FilterEngine", "Crossmatch", "SolarSystem",
                "Streams",
            ]),
        tests("ServiceTests", ["Service", "Storage"]),
        tests("SimulatorTests", ["Simulator", "SolarSystem", "Sky", "Core"]),

    ]
)
