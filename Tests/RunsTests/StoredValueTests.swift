import Runs
import Testing
import YAML

/// What the journal keeps of values.
struct StoredValueTests {
    @Test func `a value comes back with what is known of it`() throws {
        let source = Provenance.Source(file: "site.yml", isTrusted: true)
        let value: Value = .dict([
            "template": .string("{{ a }}", source.at(line: 7, column: 3)), "trusted": .string("b", .trusted),
            "said": .string("{{ c }}"), "secret": .int(7, .secret("p.pin")),
            "flag": .bool(true, .secret("p.user", isSearched: false)),
            "part": .string("art", .secret("p.part").derived),
            "encrypted": .string("$ANSIBLE_VAULT;…", source.at(line: 8, column: 4).encrypted),
            "decrypted": .string("plain", .decrypted(as: "site.yml:8")),
            "list": .list([
                .string("x", .secret("p.x").trusting), .null, .omit, .double(1.5), .bytes([1, 2]),
                .date(CalendarDate(year: 2026, month: 1, day: 31)),
            ]),
        ])
        let map = try #require(try StoredValue.value(StoredValue.bytes(value)).map)
        #expect(Value.dict(map) == value)
        #expect(
            map["template"]?.provenance.isTrusted == true
                && map["template"]?.provenance.origin.map { "\($0)" } == "site.yml:7:3")
        #expect(map["trusted"]?.provenance.isTrusted == true && map["said"]?.provenance.isTrusted == false)
        #expect(map["secret"]?.provenance.label == "p.pin" && map["secret"]?.provenance.isSearched == true)
        #expect(map["flag"]?.provenance.label == "p.user" && map["flag"]?.provenance.isSearched == false)
        #expect(
            map["part"]?.provenance.label == "p.part" && map["part"]?.provenance.isDerived == true
                && map["secret"]?.provenance.isDerived == false)
        let encrypted = map["encrypted"]?.provenance
        #expect(encrypted?.isEncrypted == true && encrypted?.isTrusted == false && encrypted?.isSecret == false)
        #expect(encrypted?.origin.map { "\($0)" } == "site.yml:8:4")
        #expect(map["decrypted"]?.provenance.isDecrypted == true && map["secret"]?.provenance.isDecrypted == false)
        #expect(map["decrypted"]?.provenance.label == "site.yml:8")
        let first = map["list"]?.list?.first?.provenance
        #expect(first?.label == "p.x" && first?.isTrusted == true)
    }
}
