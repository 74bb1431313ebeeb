import Foundation
import Testing
import YAML

@testable import Modules

@Suite struct PythonRequirementTests {
    @Test(arguments: [
        ("torch", "2.7.1", true), ("torch==2.7.1", "2.7.1+cu128", true), ("torch==2.7.1+cu126", "2.7.1+cu128", false),
        ("Torch >= 2.6, < 3", "2.7.1", true),
        ("torch==2.7.*", "2.7.1", true), ("torch!=2.7.*", "2.7.1", false), ("torch~=2.6", "2.7.1", true),
        ("torch~=2.6.0", "2.7.1", false),
        ("torch<2.8", "2.8.0rc1", false), ("torch>=2.8", "2.8.0rc1", false), ("torch===2.7.1", "2.7.1", true),
        ("torch[cuda]", "2.7.1", false),
        ("torch; python_version < '3'", "2.7.1", false), ("torch (==2.7.1)", "2.7.1", true),
        ("torch @ https://example.com/torch.whl", "2.7.1", false),
    ])
    func `knows what is there already`(_ desired: String, _ version: String, _ isMet: Bool) {
        #expect(PythonRequirement(desired).isMet(by: ["torch": version]) == isMet)
    }

    @Test(arguments: [
        "git+https://example.com/a.git", "./torch", "/tmp/torch.whl", "torch-2.7.1-py3-none-any.whl",
        "https://example.com/torch.tar.gz",
    ])
    func `what has no name is left to pip`(_ desired: String) { #expect(PythonRequirement(desired).name == nil) }

    @Test func `versions that a comma parted come together again`() {
        #expect(
            PythonRequirement.list(["bottle>0.10", "<0.20", " !=0.11", "six"]).map(\.text) == [
                "bottle>0.10,<0.20,!=0.11", "six",
            ])
        #expect(PythonRequirement.normalized("Huggingface__Hub.cli") == "huggingface-hub-cli")
    }
}

/// The real pip of this machine, in virtual environments, with packages from a folder.
@Suite(.timeLimit(.minutes(3))) struct PipTests {
    private static let wheels = #"""
        import sys, zipfile
        for name, version, needs in [("gpu_tool", "1.0", ""), ("gpu_tool", "2.0", ""), ("other", "0.5", "Requires-Dist: gpu_tool>=1.0\n")]:
            info = f"{name}-{version}.dist-info"
            with zipfile.ZipFile(f"{sys.argv[1]}/{name}-{version}-py3-none-any.whl", "w") as wheel:
                wheel.writestr(f"{name}/__init__.py", f"version = '{version}'\n")
                wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}")
                wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
                wheel.writestr(f"{info}/RECORD", f"{name}/__init__.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")
        """#

    @Test func `a virtual environment and its packages become as desired, once`() async throws {
        try await ModuleBench.local { bench in
            guard (try? await bench.sh("python3 -c 'import venv, ensurepip'")) != nil else {
                try Test.cancel("this machine's Python makes no virtual environments")
            }
            try Self.wheels.write(toFile: bench.folder + "/wheels.py", atomically: false, encoding: .utf8)
            try await bench.sh("python3 \(bench.folder)/wheels.py \(bench.folder)")
            let venv = bench.folder + "/venv"
            func arguments(_ more: ValueMap) -> ValueMap {
                var arguments: ValueMap = [
                    "virtualenv": .string(venv), "virtualenv_command": "python3 -m venv",
                    "extra_args": .string("--no-index --find-links \(bench.folder)"),
                ]
                arguments.merge(more)
                return arguments
            }
            func versions() async throws -> [String] {
                try await bench.sh("\(venv)/bin/pip list --format=freeze | grep -e gpu -e other || :").split(
                    separator: "\n"
                ).map(String.init)
            }

            let first = try await bench.settles("pip", arguments(["name": .texts("gpu-tool==1.0")]))
            #expect(
                first.values["cmd"]?.list?.suffix(5) == [
                    "install", "--no-index", "--find-links", .string(bench.folder), "gpu-tool==1.0",
                ])
            #expect(
                first.values["name"] == .texts("gpu-tool==1.0") && first.values["virtualenv"] == .string(venv)
                    && first.values["state"] == "present" && first.values["version"] == .null)
            #expect(first.values["stdout"]?.string?.contains("Successfully installed gpu-tool-1.0") == true)
            #expect(try await versions() == ["gpu_tool==1.0"])

            _ = try await bench.settles(
                "ansible.builtin.pip", arguments(["name": .texts("gpu-tool"), "state": "latest"]))
            _ = try await bench.settles("pip", arguments(["name": .texts("gpu_tool"), "version": "1.0"]))
            _ = try await bench.settles("pip", arguments(["name": .texts("gpu-tool>=1", "<2", "other")]))
            #expect(try await versions() == ["gpu_tool==1.0", "other==0.5"])
            #expect(
                try await bench.run("pip", arguments(["name": .texts("other"), "state": "forcereinstall"])).changed)

            try "gpu-tool==1.0\n".write(toFile: bench.folder + "/requirements.txt", atomically: false, encoding: .utf8)
            _ = try await bench.settles(
                "pip", arguments(["requirements": "requirements.txt", "chdir": .string(bench.folder), "umask": "0022"]))
            #expect(try await versions().contains("gpu_tool==1.0"))
            _ = try await bench.settles(
                "pip", ["name": .texts("gpu-tool", "other"), "state": "absent", "virtualenv": .string(venv)])
            #expect(try await versions() == [])
        }
    }

    @Test func `what cannot be is told`() async throws {
        try await ModuleBench.local { bench in
            for (arguments, words) in [
                (["name": .texts("a", "b"), "version": "1"], "ambiguous"),
                (["name": .texts("a==1"), "version": "1"], "conflicts"),
                (["name": .texts("a"), "version": "1", "state": "latest"], "incompatible"),
                (["name": .texts("-r x")], "options of pip go into extra_args"),
                (["name": .texts("a"), "umask": "9"], "octal"),
                (["name": .texts("a"), "executable": "no-such-pip"], "there is no no-such-pip"),
            ] as [(ValueMap, String)] {
                let failure = await #expect(throws: ModuleFailure.self) { try await bench.run("pip", arguments) }
                #expect(failure?.message.contains(words) == true, "\(failure?.message ?? "")")
            }
        }
    }
}
