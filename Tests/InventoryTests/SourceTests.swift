import Foundation
import Inventory
import Templating
import Testing
import YAML

/// A folder with files, removed at the end.
private struct Folder: ~Copyable {
    let path = NSTemporaryDirectory() + "comfyfleet-inventory-\(UUID().uuidString)"
    init(_ files: [String: String]) throws {
        for (name, text) in files {
            let file = URL(filePath: path + "/" + name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
    }
    deinit { try? FileManager.default.removeItem(atPath: path) }
}

private func problems(_ body: () throws -> Inventory) throws -> String {
    try #require(throws: Diagnostics.self) { _ = try body() }.description
}

/// What an inventory file gives, after the path of its folder.
@Test(arguments: [
    (
        "hosts.yml", "all:\n  hosts:\n    - h1\n  vars: [x]\n",
        [
            "hosts.yml:3:5: 'hosts' of the group 'all' is a mapping, and this is a list",
            "hosts.yml:4:9: 'vars' of the group",
        ]
    ),
    (
        "hosts.yml", "a:\n  children:\n    b:\n      children:\n        a:\n",
        ["hosts.yml:3:5: the group 'b' as a child of 'a' closes a loop"]
    ),
    (
        "hosts.yml", "g:\n  hosts:\n    n[01:3]:\n    5:\n",
        ["hosts.yml:3:5: the bounds of the range '[01:3]' differ in length", "hosts.yml:4:5: a host's name is a text"]
    ),
    (
        "hosts.yml", "g:\n  hosts:\n    n[1:9999999]:\n",
        ["hosts.yml:3:5: the range '[1:9999999]' has more than 1000000 hosts"]
    ),
    (
        "hosts", "[web]\nw1 x\n  w2 y='z\n[ db ]\n[x:kids]\n",
        [
            "hosts:2:4: 'x' after the host's name", "hosts:3:8: a quote that is not closed",
            "hosts:4:1: '[ db ]' is no section", "hosts:5:1: the section [x:kids] has the unknown kind",
        ]
    ),
    ("hosts", "[a:children]\n[bad\n", ["hosts:2:1: '[bad' begins a section that is not closed"]),
    (
        "hosts", "[a:vars]\nx=1\n[b:children]\nc\n",
        [
            "hosts:1:1: the section [a:vars] is of a group that is nowhere defined",
            "hosts:4:1: the group 'c' is nowhere defined",
        ]
    ),
    ("hosts", "\u{1}\u{0}\u{2}ELF", ["hosts:1:1: a NUL byte: this is no text file"]),
    ("hosts", "#!/bin/sh\necho {}\n", ["hosts:1:1: the file begins like a program, and may not be executed"]),
    (
        "aws.yml", "plugin: amazon.aws.aws_ec2\n",
        ["aws.yml:1:9: the inventory needs the plugin 'amazon.aws.aws_ec2', which is not built in"]
    ),
    ("hosts.toml", "[a\"\n", ["hosts.toml:1:3: '\"' where ']' should be"]),
]) func everyErrorOfAFileHasItsPlace(name: String, text: String, expected: [String]) throws {
    let folder = try Folder([name: text])
    let path = folder.path
    let lines = try problems { try Inventory.load([path + "/" + name]) }.split(separator: "\n")
    #expect(lines.count == expected.count, "\(lines)")
    for (line, begin) in zip(lines, expected) { #expect(line.hasPrefix(path + "/" + begin), "\(line)") }
}

@Test func sourcesThatCannotBeRead() throws {
    let folder = try Folder(["inv/hosts": "h\n", "empty/.hidden": ""])
    let path = folder.path
    #expect(
        try problems { try Inventory.load([path + "/none"]) }.contains(
            "no such inventory file or folder; a list of hosts needs a comma"))
    #expect(try problems { try Inventory.load([path + "/empty"]) }.contains("the folder holds no inventory"))
    try FileManager.default.createSymbolicLink(atPath: path + "/inv/again", withDestinationPath: path + "/inv")
    #expect(try problems { try Inventory.load([path + "/inv"]) }.contains("inv/again: a folder inside of itself"))
    #expect(mkfifo(path + "/pipe", 0o600) == 0)
    #expect(try problems { try Inventory.load([path + "/pipe"]) }.contains("is not a regular file"))
}

@Test func whatOthersMayWriteToIsNoInventory() throws {
    let folder = try Folder(["inv/hosts": "h\n", "inv/group_vars/all.yml": "x: 1\n"])
    let path = folder.path
    #expect(try Inventory.load([path + "/inv/hosts"]).host(named: "h")?.variables["x"] == .int(1))
    chmod(path + "/inv/group_vars/all.yml", 0o666)
    #expect(
        try problems { try Inventory.load([path + "/inv/hosts"]) }.contains(
            "group_vars/all.yml: others may write to it"))
    chmod(path + "/inv/group_vars/all.yml", 0o644)
    chmod(path + "/inv/hosts", 0o666)
    #expect(try problems { try Inventory.load([path + "/inv/hosts"]) }.contains("inv/hosts: others may write to it"))
    #expect(try problems { try Inventory.load([path + "/inv"]) }.contains("inv/hosts: others may write to it"))
}

@Test(.enabled(if: geteuid() == 0)) func anotherUsersInventoryIsReadWhereItIsNamed() throws {
    let folder = try Folder(["inv/hosts": "h\n", "inv/group_vars/all.yml": "x: 1\n"])
    let path = folder.path
    for file in ["inv/hosts", "inv/group_vars", "inv/group_vars/all.yml"] {
        #expect(chown(path + "/" + file, 65534, 65534) == 0)
    }
    #expect(try Inventory.load([path + "/inv/hosts"]).host(named: "h")?.variables["x"] == .int(1))
    // Where everybody may put files, nobody has named those beside it.
    chmod(path + "/inv", 0o1777)
    #expect(
        try problems { try Inventory.load([path + "/inv/hosts"]) }.contains(
            "inv/group_vars: belongs to another user (uid 65534), and lies where everybody may put files"))
    #expect(try problems { try Inventory.load([path + "/inv"]) }.contains("inv/hosts: belongs to another user"))
}

@Test func brokenVariableFilesAreAllReported() throws {
    let folder = try Folder([
        "hosts": "[a]\nh\n[b]\nh\n[empty]\n", "group_vars/a.yml": "x: [1\n", "group_vars/b/x.yml": "- 1\n",
        "group_vars/empty.yml": "never: [read\n", "host_vars/h.yml": "$ANSIBLE_VAULT;1.1;AES256\n61\n",
    ])
    let path = folder.path
    let text = try problems { try Inventory.load([path + "/hosts"]) }
    #expect(text.split(separator: "\n").count == 3, "\(text)")
    #expect(text.contains("group_vars/a.yml:2:1: while parsing a flow sequence"))
    #expect(text.contains("group_vars/b/x.yml:1:1: a file of variables is a mapping, and this is a list"))
    #expect(text.contains("host_vars/h.yml:1:1: Vault envelope is incomplete"))
}

@Test func playbookFolderComesAfterTheInventorys() throws {
    let folder = try Folder([
        "inv/hosts": "[a]\nh own=1\n", "inv/group_vars/a.yml": "v: inventory\nw: inventory\n",
        "play/group_vars/a.yml": "v: playbook\n",
        "play/group_vars/all.yml": "w: all\n", "play/host_vars/h.yml": "own: 2\n",
    ])
    let host = try #require(
        try Inventory.load([folder.path + "/inv/hosts"], playbookFolder: folder.path + "/play").host(named: "h"))
    #expect(host.variables["own"] == .int(2))
    #expect(host.variables["v"] == .string("playbook"))
    #expect(host.variables["w"] == .string("inventory"))
}

@Test func hostListsAndTheImplicitLocalhost() throws {
    let inventory = try Inventory.load(["a, b:2200,"])
    #expect(inventory.hostOrder == ["a", "b"])
    #expect(inventory.host(named: "b")?.variables == ["ansible_port": .int(2200)])
    #expect(try inventory.select("localhost").hosts == ["localhost"])
    #expect(inventory.host(named: "localhost")?.variables["ansible_connection"] == .string("local"))
    #expect(inventory.host(named: "c") == nil)
}

@Test func regularExpressionsArePythons() throws {
    let inventory = try Inventory.load(["gpu-1.lab,gpu-22.lab,gpu-x.lab,cpu-1.lab,"])
    #expect(try inventory.select(#"~(?P<kind>g|c)pu-\d+\.lab\Z"#).hosts == ["gpu-1.lab", "gpu-22.lab", "cpu-1.lab"])
    #expect(try inventory.select(#"~(?i)GPU-(?!x)"#).hosts == ["gpu-1.lab", "gpu-22.lab"])
}

@Test func unsafeVariablesAreNoTemplates() throws {
    let folder = try Folder([
        "hosts.yml": "g: {hosts: {h: {a: !unsafe '{{ x }}'}}, vars: {b: !unsafe '{% x'}}\n",
        "host_vars/h.yml": "c: [!unsafe '{{ y']\n",
    ])
    let variables = try #require(try Inventory.load([folder.path + "/hosts.yml"]).host(named: "h")?.variables)
    #expect(
        Value.dict(variables) == .dict(["b": .string("{% x"), "a": .string("{{ x }}"), "c": .list([.string("{{ y")])]))
    for value in [variables["a"], variables["b"], variables["c"]?.list?.first] {
        #expect(value?.provenance.isTrusted == false)
    }
}

@Test func aLimitThatIsInvalidDoesNotMeanAllHosts() throws {
    let inventory = try Inventory.load(["a,b,"])
    for (limit, problem) in [
        ("~[", "'~[' is no regular expression"), ("!~[a", "'~[a' is no regular expression"), ("~", "of '~' alone"),
        ("[", "'[' is no pattern"), (":", "':' is no pattern"), (",", "',' is no pattern"),
    ] {
        let error = try #require(throws: Diagnostics.self) { try inventory.select("all", limit: limit) }
        #expect(error.description.hasPrefix("--limit: ") && error.description.contains(problem), "\(error)")
    }
    #expect(throws: Diagnostics.self) { try inventory.select("~[") }
    #expect(try inventory.select("all", limit: "~[b]").hosts == ["b"])
    #expect(try inventory.select("all", limit: "~a:~b").hosts == ["a", "b"])
    #expect(try inventory.select("all", limit: "").hosts == ["a", "b"])
}

@Test func patternsThatMeanNothing() throws {
    let inventory = try Inventory.load(["a,b,"])
    for pattern in ["~(", "!", "a[5]:all[7]"] { #expect(throws: Diagnostics.self) { try inventory.select(pattern) } }
    #expect(throws: Diagnostics.self) { try inventory.select("all", limit: "@/nowhere/hosts") }
}

@Test func tenThousandHostsShareTheirGroupsVariables() throws {
    let folder = try Folder([
        "hosts.yml": "dc:\n  children:\n    rack:\n      hosts: {'n[00001:10000]': {slot: 1}}\n  vars: {region: x}\n",
        "group_vars/rack.yml": "v: 1\n",
    ])
    let inventory = try Inventory.load([folder.path + "/hosts.yml"])
    #expect(inventory.hostOrder.count == 10_000)
    #expect(inventory.host(named: "n10000")?.variables == ["region": .string("x"), "v": .int(1), "slot": .int(1)])
    #expect(try inventory.select("n0*:!n00*", limit: "dc[0:1500]").hosts.count == 502)
}

/// Each of these ended the program.
@Test(arguments: ["h[a:f:-9223372036854775808]", "h[1:9223372036854775807]", "h[-9223372036854775808:1]"])
func rangesAtTheEndsOfWhatANumberHoldsAreRefused(hosts: String) throws {
    let folder = try Folder(["hosts.yml": "g: {hosts: {'\(hosts)': }}\n"])
    #expect(throws: Diagnostics.self) { try Inventory.load([folder.path + "/hosts.yml"]) }
}
