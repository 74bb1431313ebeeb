import Foundation
import TestSupport
import Testing
import YAML

@testable import Modules

/// The real npm of this machine; a registry of a few lines serves two versions of one package.
@Suite(.timeLimit(.minutes(3))) struct NpmTests {
    private static let registry = #"""
        const { execFileSync } = require('child_process'), fs = require('fs'), http = require('http'), folder = process.argv[2]
        const packs = {}
        for (const version of ['1.0.0', '2.0.0']) {
          fs.mkdirSync(`${folder}/${version}`, { recursive: true })
          fs.writeFileSync(`${folder}/${version}/package.json`, JSON.stringify({ name: 'gpu-tool', version }))
          execFileSync('npm', ['pack', '--silent'], { cwd: `${folder}/${version}` })
          packs[version] = fs.readFileSync(`${folder}/${version}/gpu-tool-${version}.tgz`)
        }
        const server = http.createServer((request, response) => {
          const base = `http://127.0.0.1:${server.address().port}`, file = request.url.match(/gpu-tool-(.*)\.tgz$/)
          if (file) return response.end(packs[file[1]])
          if (request.url !== '/gpu-tool') { response.statusCode = 404; return response.end('{}') }
          const versions = {}
          for (const version in packs) versions[version] = { name: 'gpu-tool', version, dist: { tarball: `${base}/gpu-tool-${version}.tgz` } }
          response.end(JSON.stringify({ name: 'gpu-tool', 'dist-tags': { latest: '2.0.0' }, versions }))
        })
        server.listen(0, '127.0.0.1', () => console.log(server.address().port))
        process.stdin.on('end', () => process.exit()).resume()
        """#

    private func withRegistry(_ body: (ModuleBench, _ address: String) async throws -> Void) async throws {
        try await ModuleBench.local { bench in
            guard try await bench.has("npm"), try await bench.has("node") else {
                try Test.cancel("there is no npm on this machine")
            }
            try Self.registry.write(toFile: bench.folder + "/registry.js", atomically: false, encoding: .utf8)
            let server = Process()
            let input = Pipe()
            let output = Pipe()
            server.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            server.arguments = ["node", bench.folder + "/registry.js", bench.folder + "/packs"]
            (server.standardInput, server.standardOutput) = (input, output)
            try server.run()
            defer { try? input.fileHandleForWriting.close() }
            let port = try await offPool { String(decoding: output.fileHandleForReading.availableData, as: UTF8.self) }
            try await body(bench, "http://127.0.0.1:\(port.trimmingCharacters(in: .newlines))")
        }
    }

    @Test func `a folder's packages become as desired, once`() async throws {
        try await withRegistry { bench, address in
            let path = bench.folder + "/app"
            let environment = [
                (name: "npm_config_cache", value: bench.folder + "/cache"),
                (name: "npm_config_update_notifier", value: "false"),
            ]
            func arguments(_ more: ValueMap) -> ValueMap {
                var arguments: ValueMap = ["path": .string(path), "registry": .string(address)]
                arguments.merge(more)
                return arguments
            }
            func version() async throws -> String {
                try await bench.sh("node -p \"require('\(path)/node_modules/gpu-tool/package.json').version\"")
                    .trimmingCharacters(in: .newlines)
            }
            func settles(_ more: ValueMap) async throws {
                _ = try await bench.settles("community.general.npm", arguments(more), environment: environment)
            }

            try await settles(["name": "gpu-tool", "version": "1.0.0"])
            #expect(try await version() == "1.0.0")
            try await settles(["name": "gpu-tool", "state": "latest"])
            #expect(try await version() == "2.0.0")
            #expect(
                try await !bench.run(
                    "npm", arguments(["name": "gpu-tool", "version": "^2.0.0"]), environment: environment
                ).changed)
            // From package.json, and exactly what its lock file says.
            try await bench.sh("rm -rf \(path)/node_modules")
            try await settles(["production": .bool(true)])
            #expect(
                try await bench.run("npm", arguments(["ci": .bool(true)]), check: true, environment: environment)
                    .changed)
            try await bench.sh("rm -rf \(path)/node_modules")
            #expect(try await bench.run("npm", arguments(["ci": .bool(true)]), environment: environment).changed)
            #expect(try await version() == "2.0.0")
            try await settles(["name": "gpu-tool", "state": "absent"])
            // For all of the host: below a prefix of the test's own.
            let global = environment + [(name: "npm_config_prefix", value: bench.folder + "/global")]
            let desired: ValueMap = [
                "name": "gpu-tool", "version": "1.0.0", "global": .bool(true), "registry": .string(address),
            ]
            _ = try await bench.settles("npm", desired, environment: global)
            #expect(FileManager.default.fileExists(atPath: bench.folder + "/global/lib/node_modules/gpu-tool"))
        }
    }

    @Test func `a package that nobody has fails with npm's words`() async throws {
        try await withRegistry { bench, address in
            let failure = await #expect(throws: ModuleFailure.self) {
                try await bench.run(
                    "npm",
                    ["name": "nobody-has-this", "path": .string(bench.folder + "/app"), "registry": .string(address)],
                    environment: [("npm_config_cache", bench.folder + "/cache")])
            }
            #expect(failure?.message.contains("404") == true, "\(failure?.message ?? "")")
            await #expect(throws: ModuleFailure.self) { try await bench.run("npm", ["name": "x"]) }
            await #expect(throws: ModuleFailure.self) {
                try await bench.run("npm", ["path": .string(bench.folder), "state": "absent"])
            }
        }
    }
}
