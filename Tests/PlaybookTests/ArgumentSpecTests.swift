import Foundation
import Playbook
import TestSupport
import Testing
import YAML

/// Descriptions of arguments, against what Ansible 2.19.14 says of the same.
struct ArgumentSpecTests {
    private func map(_ text: String) throws -> ValueMap {
        try #require(try YAMLParser.parse(Array(text.utf8), file: "t").root.value.map)
    }

    private static let spec = """
        a: {type: int, required: true}
        b: {type: str, choices: [x, y], default: x}
        c: {type: list, elements: int}
        d: {type: dict, options: {e: {type: int, required: true}, f: {type: bool}}}
        g: {type: bool}
        h: {type: path}
        i: {type: float}
        j: {type: list, elements: str, choices: [p, q]}
        k: {type: str}
        l: {type: bytes}
        m: {type: json}
        n: {required: true}
        o: {type: list, elements: dict, options: {p: {type: str, required: true}, q: {}}, mutually_exclusive: [[p, q]], required_together: [[p, q]]}
        """

    @Test func `errors have Ansible's words and order`() throws {
        let values = try map(
            """
            {a: foo, b: z, c: ['1', u], d: {f: maybe, zz: 1}, g: perhaps, h: [1], i: x, j: [p, r], k: [1, {a: true}], l: 12Q, m: 3, o: [{q: 1}, {p: 1, q: 2}]}
            """)
        let errors = try ArgumentSpec(try map(Self.spec)).errors(in: values)
        let booleans =
            "is not a valid boolean. Valid booleans include: 'y', 'yes', 'on', '1', 'true', 't', 1, 'n', 'no', 'off', '0', 'false', 'f', 0"
        #expect(
            errors == [
                "missing required arguments: n",
                "argument 'a' is of type str and we were unable to convert to int: \"'foo'\" cannot be converted to an int",
                "Elements value for option 'c' is of type str and we were unable to convert to int: \"'u'\" cannot be converted to an int",
                "argument 'g' is of type str and we were unable to convert to bool: The value 'perhaps' \(booleans)",
                "argument 'i' is of type str and we were unable to convert to float: <class 'str'> cannot be converted to a float",
                "argument 'l' is of type str and we were unable to convert to bytes: <class 'str'> cannot be converted to a Byte value",
                "argument 'm' is of type int and we were unable to convert to json: <class 'int'> cannot be converted to a json string",
                "value of b must be one of: x, y, got: z",
                "value of j must be one or more of: p, q. Got no match for: r",
                "missing required arguments: e found in d",
                "argument 'f' is of type str found in 'd'. and we were unable to convert to bool: The value 'maybe' \(booleans)",
                "missing required arguments: p found in o",
                "parameters are required together: p, q found in o",
                "parameters are mutually exclusive: p|q found in o",
                "d.zz. Supported parameters include: e, f.",
            ])
    }

    @Test func `what Ansible converts is right`() throws {
        let values = try map(
            "{a: '5', c: 1, d: 'e=1', g: 'yes', i: 1, j: 'p,q', k: null, l: 10G, m: {x: 1}, n: null, o: []}")
        #expect(try ArgumentSpec(try map(Self.spec)).errors(in: values) == [])
    }

    @Test func `the value of a hidden option is not shown`() throws {
        let errors = try ArgumentSpec(try map("{a: {type: int, no_log: true}, b: {choices: [x], no_log: true}}"))
            .errors(in: ["a": .string("MARKED"), "b": .string("MARKED")])
        #expect(errors.count == 2 && !errors.joined().contains("MARKED"))
    }
}
