import Testing

@testable import Support

/// Expected names are those that `ansible-doc` of ansible 12.3 finds.
struct AnsibleNamesTests {
    @Test(
        arguments: [
            ("copy", "ansible.builtin.copy"), ("ansible.builtin.copy", "ansible.builtin.copy"),
            ("ansible.legacy.copy", "ansible.builtin.copy"), ("nmcli", "community.general.nmcli"),
            ("ansible.builtin.nmcli", "community.general.nmcli"),
            ("community.general.nmcli", "community.general.nmcli"), ("firewalld", "ansible.posix.firewalld"),
            ("include_tasks", "ansible.builtin.include_tasks"), ("add_host", "ansible.builtin.add_host"),
            ("community.docker.docker_container", "community.docker.docker_container"),
            ("cargo", nil), ("community.general.cargo", "community.general.cargo"),
            ("nginxx", nil), ("ansible.builtin.nginxx", nil), ("community.general.nginxx", nil), ("foo.bar.baz", nil),
            ("foo.bar", nil), ("", nil), (".", nil), ("..", nil),
        ] as [(String, String?)]) func modules(_ name: String, _ full: String?)
    {
        #expect(AnsibleNames.fullName(.module, name) == full)
        #expect(AnsibleNames.has(.module, name) == (full != nil))
    }

    @Test func `filters, tests and lookups`() {
        #expect(AnsibleNames.fullName(.filter, "ansible.utils.ipaddr") == "ansible.utils.ipaddr")
        // Ansible has no short name for it.
        #expect(AnsibleNames.fullName(.filter, "ipaddr") == nil)
        #expect(AnsibleNames.fullName(.filter, "json_query") == "community.general.json_query")
        #expect(AnsibleNames.has(.filter, "combine") && !AnsibleNames.has(.filter, "nothing"))
        #expect(AnsibleNames.has(.test, "success") && AnsibleNames.has(.test, "ansible.builtin.version"))
        #expect(AnsibleNames.has(.lookup, "password") && AnsibleNames.has(.lookup, "community.general.dig"))
    }

    @Test func `options of modules`() {
        #expect(
            AnsibleNames.options(ofModule: "ansible.builtin.copy").isSuperset(of: ["src", "dest", "setype", "validate"])
        )
        #expect(AnsibleNames.options(ofModule: "ansible.builtin.nothing").isEmpty)
    }

    @Test func `names of a collection`() {
        #expect(AnsibleNames.names(.module, of: "ansible.posix").contains("sysctl"))
        #expect(AnsibleNames.names(.module, of: "ansible.nothing").isEmpty)
    }
}
