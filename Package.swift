// swift-tools-version: 6.2
import PackageDescription

/// Every target is compiled in Swift 6 language mode with explicit existentials.
let swiftSettings: [SwiftSetting] = [.swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny")]

func target(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: swiftSettings)
}
func tests(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []) -> Target {
    .testTarget(
        name: name + "Tests", dependencies: [.byName(name: name), "TestSupport", "OracleCorpus"] + dependencies,
        resources: resources, swiftSettings: swiftSettings)
}

let collections = Target.Dependency.product(name: "OrderedCollections", package: "swift-collections")
let deques = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let heaps = Target.Dependency.product(name: "HeapModule", package: "swift-collections")
let bigInt = Target.Dependency.product(name: "BigInt", package: "BigInt")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let hummingbirdTLS = Target.Dependency.product(name: "HummingbirdTLS", package: "hummingbird")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let httpClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

let package = Package(
    name: "comfyfleet",
    products: [.executable(name: "comfyfleet", targets: ["comfyfleet"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/attaswift/BigInt", from: "6.0.1"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
    ],
    targets: [
        .systemLibrary(name: "CLibSSH2", pkgConfig: "libssh2", providers: [.apt(["libssh2-1-dev"])]),
        .systemLibrary(name: "CLibYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CEpoll"),
        .systemLibrary(name: "CCrypt", providers: [.apt(["libcrypt-dev"])]),

        target("Support", ["CEpoll", "COpenSSL", "Redaction", deques]),
        target("YAML", ["CLibYAML", "Support", bigInt, collections]),
        target("Redaction"),
        target("Settings", ["Support", "YAML"]),
        target("Audit", ["CEpoll", "Redaction", "Support", "YAML"]),
        target("Hooks", ["Redaction", "Support", subprocess]),
        target("Vault", ["Audit", "Hooks", "Redaction", "Support", "YAML"]),
        target("AnsibleVault", ["Redaction", "Support", "YAML"]),
        target("Templating", ["AnsibleVault", "YAML", "Redaction", "Support", "CCrypt", bigInt, collections]),
        target("Inventory", ["AnsibleVault", "YAML", "Templating", "Redaction", "Support", collections]),
        target("Credentials", ["Inventory", "Templating", "Vault", "Audit", "Redaction", "Support", "YAML"]),
        target("SSH", ["CEpoll", "CLibSSH2", "COpenSSL", "Redaction", "Support", deques, heaps]),
        // What runs on the hosts is in the program itself.
        .target(
            name: "Remote", dependencies: ["SSH", "Redaction", "Credentials", "Support", subprocess, deques],
            resources: ["places", "common", "keeper", "attach", "find", "ending"].map {
                .embedInCode("HostSide/\($0).sh")
            }, swiftSettings: swiftSettings),
        target("Runs", ["Vault", "Redaction", "Support", "YAML", collections]),
        target("Playbook", ["Settings", "AnsibleVault", "YAML", "Templating", "Inventory", "Support"]),
        target("Modules", ["AnsibleVault", "Playbook", "Remote", "SSH", "Templating", "Redaction", "Support", "YAML"]),
        target(
            "Engine",
            [
                deques, "SSH", "Modules", "Playbook", "Runs", "Remote", "Credentials", "Inventory", "Templating",
                "AnsibleVault", "Vault", "Audit", "Redaction", "YAML",
            ]),
        target("Console", ["Engine", "Runs", "Redaction"]),
        target(
            "AnsibleCommands",
            [
                "Settings", "Console", "Inventory", "Modules", "Playbook", "Redaction", "Runs", "Support",
                "Templating", "YAML",
            ]),
        // The page and the API's description are in the program itself, so that it works wherever it is copied to.
        .target(
            name: "Server",
            dependencies: [
                "Playbook", "Runs", "Vault", "Audit", "Redaction", "Support", "YAML", hummingbird, hummingbirdCore,
                hummingbirdTLS, httpTypes, nio, nioPosix, lifecycle, logging,
            ],
            resources: [
                "index.html", "app.css", "app.js", "dom.js", "run-model.js", "run-view.js", "log-view.js", "icon.svg",
                "openapi.json",
            ].map { .embedInCode("Page/" + $0) }, swiftSettings: swiftSettings),
        target("Notify", ["Hooks", "Playbook", "Runs", "Vault", "Redaction", "Support", "YAML", httpClient]),
        target(
            "Scheduler",
            ["Runs", "Playbook", "Redaction", "Support", "YAML", grdb, lifecycle, unixSignals, logging, subprocess]),
        .executableTarget(
            name: "comfyfleet",
            dependencies: [
                "AnsibleCommands", "Settings", "Console", "Server", "Notify", "Scheduler", "Hooks", "Engine", "Runs",
                "Modules", "Playbook", "Remote", "SSH", "Credentials", "Inventory", "Templating", "AnsibleVault",
                "Vault", "Audit", "Redaction", "Support", "YAML", arguments, lifecycle, logging,
            ], swiftSettings: swiftSettings),

        // What the tests share: fixtures, a loopback fleet of real sshd processes, booted machines, the runner of the
        // oracle's corpora.
        .target(
            name: "TestSupport", dependencies: ["YAML", collections], path: "Tests/TestSupport",
            exclude: ["machines.sh", "nvidia.sh", "upstream.sh"], swiftSettings: swiftSettings),
        .target(
            name: "OracleCorpus",
            dependencies: [
                "YAML", "Audit", "Redaction", "Vault", "Credentials", "Inventory", "Templating", "Modules", "Remote",
                "Playbook", "Runs", "Engine", "TestSupport", collections,
            ], path: "Tests/OracleCorpus", swiftSettings: swiftSettings),
        .executableTarget(
            name: "oracle", dependencies: ["OracleCorpus", "TestSupport"], path: "Tests/oracle",
            swiftSettings: swiftSettings),

        .executableTarget(
            name: "vault-stress", dependencies: ["Vault", "Audit", "Redaction", "YAML"], path: "Tests/vault-stress",
            swiftSettings: swiftSettings),

        // State machines under a scripted clock and network, without I/O.
        .target(
            name: "Simulation", dependencies: ["Engine", "Playbook", "Remote", "YAML", "TestSupport"],
            path: "Tests/Simulation", swiftSettings: swiftSettings),
        .executableTarget(
            name: "simulate", dependencies: ["Simulation"], path: "Tests/simulate", swiftSettings: swiftSettings),

        // The real thing under faults: links cut by a proxy, processes killed.
        .target(
            name: "FaultBench", dependencies: ["Vault", "Audit", "Redaction", "YAML", "TestSupport"],
            path: "Tests/FaultBench", swiftSettings: swiftSettings),
        .executableTarget(
            name: "faults", dependencies: ["FaultBench", "TestSupport", "comfyfleet", "vault-stress"],
            path: "Tests/faults", swiftSettings: swiftSettings),

        // Every reader of what others wrote, with inputs that nobody wrote.
        .target(
            name: "Fuzzing",
            dependencies: [
                "YAML", "Templating", "Inventory", "Credentials", "Playbook", "Modules", "Remote", "SSH", "Runs",
                "AnsibleVault", "Vault", "Audit", "Redaction", "Scheduler", "Server", "Notify", "TestSupport", bigInt,
                hummingbird,
                httpTypes, nio,
            ], path: "Tests/Fuzzing", swiftSettings: swiftSettings),
        .executableTarget(name: "fuzz", dependencies: ["Fuzzing"], path: "Tests/fuzz", swiftSettings: swiftSettings),

        // The SSH target alone, beside the floor: see Benchmarks/run.
        .executableTarget(
            name: "ssh-stream", dependencies: ["SSH", arguments], path: "Benchmarks/ssh-stream",
            swiftSettings: swiftSettings),

        tests("Support"),
        tests("YAML"),
        tests("Redaction"),
        tests("Settings"),
        tests("Audit"),
        tests("Vault", ["vault-stress", "FaultBench"]),
        tests("AnsibleVault", ["Redaction"]),
        tests("Templating", ["AnsibleVault", "Redaction"]),
        tests("Inventory", ["AnsibleVault", "Redaction"]),
        tests("Credentials", ["Inventory", "Templating", "Vault", "Audit"]),
        tests("SSH", ["CLibSSH2", "Redaction"]),
        tests("Remote", ["SSH", "Credentials", "Redaction"]),
        tests("Runs", ["Vault"]),
        tests("Playbook"),
        tests("Modules"),
        tests("Engine", ["Simulation"]),
        tests("Console"),
        tests("AnsibleCommands", ["Settings", "Console", "Redaction", "Runs"]),
        .testTarget(
            name: "PlaybooksTests", dependencies: ["TestSupport", "Modules", "Playbook", "YAML", "comfyfleet"],
            swiftSettings: swiftSettings),
        tests("Server", ["Playbook", "Vault", "Audit", "Redaction", "Runs", "YAML", "comfyfleet"]),
        tests("Notify", ["Hooks", "Runs", "Redaction", "Vault", httpClient]),
        tests("Scheduler", [grdb]),
        .testTarget(
            name: "FuzzingTests", dependencies: ["Fuzzing", "TestSupport", "fuzz"], swiftSettings: swiftSettings),
        .testTarget(
            name: "CommandTests", dependencies: ["TestSupport", "FaultBench", "OracleCorpus", "comfyfleet"],
            swiftSettings: swiftSettings),
    ]
)
