import Foundation
import Redaction
import Testing
import YAML

@testable import Credentials

@Suite struct ResolveReportTests {
    @Test(arguments: [
        (["gpu-1", "gpu-2", "gpu-3"], "gpu-[1:3]"), (["gpu-09", "gpu-10", "gpu-11"], "gpu-[09:11]"),
        (["gpu9", "gpu10", "gpu11"], "gpu[9:11]"), (["a", "b"], "a, b"), (["n1.x", "n2.x", "n3.x"], "n[1:3].x"),
        (["gpu-1", "gpu-2"], "gpu-1, gpu-2"), (["gpu-1", "gpu-3"], "gpu-1, gpu-3"),
        (["gpu-099", "gpu-100"], "gpu-099, gpu-100"), ([], ""), (["h5", "h6", "h7", "login"], "h[5:7], login"),
        (["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"], "a, b, c, d, e, f, g, h and 2 more"),
    ]) func namesAreWrittenShortly(names: [String], text: String) { #expect(HostNames.compact(names) == text) }

    private func report(_ hosts: Int = 3) async throws -> ResolveReport {
        try await Setting.with { setting in
            let resolver = try await setting.resolver(
                #"{"defaults": {"user": "operator", "password": "a-password-value"}, "hosts": {"gpu-2": {"identity": "/nowhere/key,1"}}}"#
            )
            return ResolveReport(try resolver.resolve((1...hosts).map { host("gpu-\($0)") }), secrets: setting.secrets)
        }
    }

    @Test func problemsComeFirstAndHostsThatAreAlikeOnce() async throws {
        let report = try await report(100)
        let table = report.table().description
        #expect(report.exitCode == 1)
        #expect(
            table.hasPrefix(
                "100 hosts: 99 would connect, 1 would not\n\nPROBLEMS\n  error    gpu-2\n           identity from hosts.gpu-2: there is no such file\n           → "
            ))
        #expect(table.contains("  gpu-1, gpu-[3:100]  (99 hosts)"))
        #expect(table.count { $0 == "\n" } < 50)
        for value in ["operator", "a-password-value", "/nowhere"] { #expect(!table.contains(value)) }
    }

    @Test func jsonHasTheFieldsLayersAndProblems() async throws {
        let json = try #require(try JSON.parse(Array(try await report().json().description.utf8)).map)
        #expect(json["summary"] == .dict(["hosts": .int(3), "would_connect": .int(2), "would_not": .int(1)]))
        let second = try #require(json["hosts"]?.list?[1].map)
        #expect(
            second["fields"]?.map?["identity"]
                == .dict(["from": .string("hosts.gpu-2"), "layer": .int(4), "shadows": .list([])]))
        #expect(second["problems"]?.list?.first?.map?["field"] == .string("identity"))
    }

    @Test func `a play that says something has its hosts by themselves`() async throws {
        try await Setting.with { setting in
            var question = CredentialResolver.Question(host: host("gpu-1"))
            question.play = "Install"
            var keywords = ConnectionKeywords()
            keywords.user = "keyword-value"
            question.keywords = keywords
            var overrides = ConnectionOverrides()
            overrides["ansible_port"] = .init(.int(2022), from: .play)
            question.overrides = overrides
            let resolver = try await setting.resolver()
            let report = ResolveReport(
                try resolver.resolve([CredentialResolver.Question(host: host("gpu-1")), question]),
                secrets: setting.secrets)
            let table = report.table().description
            #expect(table.contains("  gpu-1 in the play 'Install'\n"), "\(table)")
            #expect(table.contains("user             remote_user (keyword of the play)"), "\(table)")
            #expect(table.contains("port             ansible_port (vars of the play)"), "\(table)")
            #expect(!table.contains("keyword-value") && !table.contains("2022"))
            let json = try #require(try JSON.parse(Array(report.json().description.utf8)).map)
            #expect(json["hosts"]?.list?.map { $0.map?["play"] } == [nil, .string("Install")])
        }
    }

    @Test func csvHasALinePerField() async throws {
        let lines = try await report().csv().description.split(separator: "\n").map(String.init)
        #expect(lines[0] == "host,would_connect,provider,key,kind,field,from,shadows,problem,remedy")
        #expect(lines.contains("gpu-1,yes,remote_installer,,field,user,defaults,,,"))
        #expect(lines.contains { $0.hasPrefix("gpu-2,no,remote_installer,,error,identity,") })
    }

    @Test func `a quote before an accent is doubled in CSV`() async throws {
        let good = try await Setting.with { setting in
            try await setting.resolver(#"{"defaults": {"user": "u"}}"#).resolve([host("a")])
        }
        let csv = ResolveReport(good, probes: ["a": .failed("a \"\u{301}b", remedy: nil)], secrets: SecretSet()).csv()
            .description
        #expect(csv.contains(",\"a \"\"\u{301}b\","), "\(csv)")
    }

    @Test func unreachableHostsGiveFourUnlessAConfigurationIsAtFault() async throws {
        let good = try await Setting.with { setting in
            try await setting.resolver(#"{"defaults": {"user": "u"}}"#).resolve([host("a"), host("b")])
        }
        let secrets = SecretSet()
        #expect(ResolveReport(good, secrets: secrets).exitCode == 0)
        #expect(ResolveReport(good, probes: ["a": .connected, "b": .connected], secrets: secrets).exitCode == 0)
        let failed = ResolveReport(
            good, probes: ["a": .connected, "b": .failed("connection refused", remedy: "start sshd")], secrets: secrets)
        #expect(
            failed.exitCode == 4
                && failed.table().description.contains(
                    "PROBE: 1 connected and logged in, 1 did not\n  b: connection refused\n           → start sshd")
        )
    }

    @Test func tenThousandHostsWithBlocksOfTheirOwnAreOneGroup() async throws {
        try await Setting.with { setting in
            let hosts = (0..<10_000).map { "\"gpu\($0)\": {\"user\": \"u\($0)\", \"password\": \"password-\($0)\"}" }
                .joined(separator: ",")
            let resolver = try await setting.resolver(#"{"defaults": {"port": 22}, "hosts": {\#(hosts)}}"#)
            let report = ResolveReport(
                try resolver.resolve((0..<10_000).map { host("gpu\($0)", ["ansible_host": .string("10.1.2.3")]) }),
                secrets: setting.secrets)
            let table = report.table().description
            #expect(table.contains("gpu[0:9999]  (10000 hosts)") && table.contains("hosts.<host>"))
        }
    }
}
