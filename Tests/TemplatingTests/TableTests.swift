import Foundation
import Testing
import YAML

@testable import Templating

/// Values that ansible-core 2.19 gives for the same.
@Suite struct PasswordHashTests {
    private struct NoVariables: VariableScope {
        func variable(named name: String) -> Value? { nil }
        var variableNames: [String] { [] }
    }
    private func hash(_ arguments: String) throws -> String? {
        try Templar().render(.string("{{ 'secret' | password_hash\(arguments) }}", .trusted), in: NoVariables()).string
    }

    @Test(arguments: [
        (
            "('sha512', 'mysalt', rounds=5000)",
            "$6$mysalt$UX6P1VKOf6dr0s2pg4pLNvIUB6hLXvP6M5f/Yj9hJgMPdAJ4oArvk5YUD9/XWtk1JOpVwt/JTsczMJr8sFVML1"
        ),
        (
            "('sha512', 'mysalt', rounds=10000)",
            "$6$rounds=10000$mysalt$9XTP7570fxVN/uTspSrH6kRPdR4KKGzGz7.TmJjDYGrKSwZuavW/3YaLur8JX6WP75Czcxa.megIO0lKreY0R."
        ),
        ("('sha256', 'mysalt')", "$5$rounds=535000$mysalt$GnEktJhWXRuwViyPsEWK9s63HYW1GqXFqU5SdKDqol6"),
        (
            "(salt='mysalt')",
            "$6$rounds=656000$mysalt$cDA0t8lm/qt.LT6DzpoHxJ.NwTpx.WTkOPwhseSva8pRixDSH2./ffedCjAMbTX1Uo1QNT7jJPJ6FIzU2i59K/"
        ),
        ("('md5', 'mysalt')", "$1$mysalt$n/EfEiV74OYgBdqhKQzSW/"),
        (
            "('blowfish', '1234567890123456789012', rounds=5)",
            "$2b$05$123456789012345678901u.97m5mwuxOR3RvRKYm9sasohx5Mnzwq"
        ),
    ])
    func `passwords are hashed as Ansible hashes them`(_ arguments: String, _ expected: String) throws {
        #expect(try hash(arguments) == expected)
    }

    @Test func `a salt is drawn when none is given`() throws {
        let first = try #require(try hash("('sha256', rounds=1000)"))
        let second = try #require(try hash("('sha256', rounds=1000)"))
        #expect(first.hasPrefix("$5$rounds=1000$") && first.split(separator: "$")[2].count == 16 && first != second)
    }

    @Test(arguments: [
        "('nope')", "('sha512', 'bad salt!')", "('bcrypt', 'short')", "('sha512', 'x', rounds=1)",
        "('md5', 'x', rounds=2)", "('sha512', 'x', ident='5')",
    ])
    func `what can't be is told`(_ arguments: String) { #expect(throws: TemplateError.self) { try hash(arguments) } }
}

@Suite struct TableLookupTests {
    private struct NoVariables: VariableScope {
        func variable(named name: String) -> Value? { nil }
        var variableNames: [String] { [] }
    }
    private static let files = [
        "a.csv": "Symbol,Name,Mass\nH,Hydrogen,1.008\nHe,\"Heli,um \"\"x\"\"\",4.0026\n",
        "a.tsv": "H\tHydrogen\t1.008\nHe\tHelium\t4.0026\n",
        "a.ini": "[global]\nUser = robert\npath=/x\n[section1]\nuser=jane\nport: 80\n; c\nmulti = a\n  b\n",
        "a.properties": "user.name=robert\nuser.pass = x y\n# c\n",
    ]

    @Test(arguments: [
        ("lookup('csvfile', 'He', file='a.csv', delimiter=',')", "Heli,um \"x\""),
        ("lookup('csvfile', 'He file=a.csv delimiter=, col=2')", "4.0026"),
        ("lookup('csvfile', 'He', file='a.tsv', col=2)", "4.0026"),
        ("lookup('csvfile', 'Xx', file='a.tsv', default='none')", "none"),
        ("lookup('csvfile', 'Helium', file='a.tsv', keycol=1, col=0)", "He"),
        ("query('csvfile', 'Xx', file='a.tsv') | length", "0"),
        ("lookup('ini', 'user', section='section1', file='a.ini')", "jane"),
        ("lookup('ini', 'User section=global file=a.ini')", "robert"),
        ("lookup('ini', 'user.name', type='properties', file='a.properties')", "robert"),
        ("lookup('ini', '.*', re=true, section='section1', file='a.ini')", "jane,80,a\nb"),
        ("lookup('ini', 'nope', section='section1', file='a.ini', default='d')", "d"),
    ])
    func `values come out of tables`(_ expression: String, _ expected: String) throws {
        let folder = NSTemporaryDirectory() + "comfyfleet-tables-\(UInt32.random(in: .min ... .max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for (name, text) in Self.files {
            try text.write(toFile: folder + "/" + name, atomically: false, encoding: .utf8)
        }
        var environment = TemplateEnvironment()
        environment.searchPath = [folder]
        let value = try Templar(environment: environment).render(
            .string("{{ \(expression) }}", .trusted), in: NoVariables())
        #expect(value.string ?? value.int.map(String.init) == expected)
    }
}
