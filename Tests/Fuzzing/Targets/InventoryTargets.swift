import AnsibleVault
import Redaction
import YAML

@testable import Credentials
@testable import Inventory

extension FuzzTarget {
    static let inventories: [FuzzTarget] = [
        FuzzTarget(
            "inventory-ini", samples: Samples.texts("inventories", "files"),
            words: [
                "[g]\n", "[g:vars]\n", "[all:children]\n", "h[01:50]", "[a:z]", "[1:9999999999]", "[09:1]", ":22",
                "ansible_port=", "ansible_group_priority=", "x='[1, 2'", "\n", "#", ";", "\\", "\"", "[::1]:22",
                "[0:10:0]", "[a:c:-1]",
            ]
        ) { bytes in
            var reader = INIInventory(InventoryGraph(), file: "fuzz.ini")
            reader.read(bytes)
            _ = INIInventory.looksLikeINI(bytes)
            finish(reader.graph, reader.errors)
        },
        FuzzTarget(
            "inventory-yaml", samples: Samples.texts("inventories", "files"),
            words: [
                "all:\n", "  hosts:\n", "  children:\n", "  vars:\n", "    h[01:50]:\n", "    h[1:9999999999]:\n",
                "ansible_group_priority: ", "{}", "\n", "&a ", "*a", "<<: ",
            ]
        ) { bytes in
            guard let document = try? YAMLParser.parse(bytes, file: "fuzz.yml", isTrusted: true) else { return }
            var reader = YAMLInventory(InventoryGraph(), file: "fuzz.yml")
            reader.read(document.root)
            finish(reader.graph, reader.errors)
        },
        FuzzTarget(
            "inventory-toml",
            samples: [
                "[all.vars]\na = 1\n[web]\nchildren = [\"db\"]\nvars = { x = 8_080, y = 'z' }\n[web.hosts]\nh1 = {}\n\"h[1:3]:22\" = { a.b = 1.5e3 }\n[db]\n",
                "a = \"\"\"x\\\n  y\"\"\"\"\"\nb = '''z'''\n[[c]]\nd = [1, {e = 0xff}, 1979-05-27T07:32:00Z, 07:32:00,]\n",
            ],
            words: [
                "[", "]", "[[", "]]", "{", "}", "=", ".", ",", "\"\"\"", "'''", "\\u00", "\n", "#", "0o7", "inf", "_",
            ]
        ) { bytes in
            guard let root = try? TOMLReader.document(bytes, file: "fuzz.toml", isSecret: false) else { return }
            var reader = YAMLInventory(InventoryGraph(), file: "fuzz.toml")
            reader.readTOML(root)
            finish(reader.graph, reader.errors)
        },
        FuzzTarget(
            "slurm-nodes",
            samples: [
                "NodeName=w1 Arch=x86_64 CPUTot=1 State=IDLE+DRAIN Gres=gpu:4(S:0-1) Partitions=main,gpu OS=Linux 6.1.0 #1 SMP\nNodeName=w2\n"
            ], words: ["NodeName=", " ", "=", "\n", "State=", "+", "Partitions=", ","]
        ) { bytes in _ = SlurmInventory.records(String(decoding: bytes, as: UTF8.self)) },
        FuzzTarget(
            "ansible-vault",
            samples: [
                "$ANSIBLE_VAULT;1.1;AES256\n37333631366337340a31376135336565616438656438666261356366376634356331653461313536\n3438643630663435383639663139643631303232646665623531383366376566610a373038396261\n6330376165616539323131316235323237346335326334396163\n",
                "$ANSIBLE_VAULT;1.2;AES256;dev\n610a620a63\n",
            ], words: ["$ANSIBLE_VAULT", ";", "1.1", "1.2", "AES256", "\n", "0a", "\r\n", " ", "61"]
        ) { bytes in
            guard let text = try? VaultText(bytes) else { return }
            guard let again = try? VaultText(text.bytes), again == text else { broken("what was written is not read") }
            _ = try? VaultCipher.decrypt(text, Secret(Array("p".utf8)))
        },
        FuzzTarget(
            "pattern",
            samples: Samples.texts("patterns", "pattern") + Samples.texts("patterns", "limit") + [
                "web[0]", "web[-1]", "web[1:]", "web[0:9999999999999999999]", "~(web|db)\\d+", "all:!web:&db",
                "[::1]:22", "a[01:20:3].b[x:z]",
            ],
            words: [
                ":", "!", "&", "~", "*", "?", "[", "]", "[0:1]", "[-1]", "[a:z]", "[0001:2]", "[9223372036854775807]",
                "[-9223372036854775808:]", "[1:9223372036854775807]", ",", "all", "web", "web[", "(", "+",
            ]
        ) { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            _ = try? known.select(text)
            if !text.contains("@") { _ = try? known.select("all", limit: text) }
            _ = try? HostRange.expand(text)
            _ = HostAddress(text)
            _ = SSHArguments(text)
        },
    ]

    private static func finish(_ graph: InventoryGraph, _ errors: [Diagnostic]) {
        var graph = graph
        guard errors.isEmpty, (try? graph.complete()) != nil, let inventory = try? Inventory(graph) else { return }
        _ = try? inventory.select("all:!ungrouped")
    }

    private static let known: Inventory = {
        guard let inventory = try? Inventory.load(["web[01:20].example.com,db1,db2:2222,[::1]:22,localhost,10.0.0.1,"])
        else { broken("the inventory of the target is none") }
        return inventory
    }()
}
