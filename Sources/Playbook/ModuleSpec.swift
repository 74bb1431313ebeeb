import Support
import YAML

/// What the parser must know of a module in order to check a task before the first connection.
package struct ModuleSpec: Sendable {
    package struct Option: Sendable {
        package enum Kind: Sendable { case string, path, bool, int, float, list, dict, raw, mode }
        package var name: String
        package var kind: Kind
        /// Of a list's items.
        package var elements: Kind
        package var aliases: [String]
        package var required: Bool
        package var choices: [String]
        package var defaultValue: Value?
        /// Null is a value, and not the same as no argument.
        package var takesNull: Bool
        /// One line for `comfyfleet` help and docs.
        package var help: String
        /// Why the option has no effect, if it is accepted only for playbooks that set it; nil for options that the
        /// module acts on.
        package private(set) var reasonWithoutEffect: String?
        package init(
            _ name: String, _ kind: Kind, elements: Kind = .string, aliases: [String] = [], required: Bool = false,
            choices: [String] = [], default defaultValue: Value? = nil, takesNull: Bool = false, help: String
        ) {
            self.name = name
            self.kind = kind
            self.elements = elements
            self.aliases = aliases
            self.required = required
            self.choices = choices
            self.defaultValue = defaultValue
            self.takesNull = takesNull
            self.help = help
        }

        /// An option without effect, whatever its value: what it asks for is done anyway, or does not arise. What would
        /// make a difference is
        /// refused instead, by `choices` or by the module.
        package static func noEffect(
            _ name: String, _ kind: Kind, aliases: [String] = [], choices: [String] = [],
            default defaultValue: Value? = nil, because reason: String
        ) -> Option {
            var option = Option(
                name, kind, aliases: aliases, choices: choices, default: defaultValue,
                help: "Without effect: \(reason).")
            option.reasonWithoutEffect = reason
            return option
        }
    }
    /// How `module: text` is read.
    package enum FreeForm: Sendable {
        /// `key=value` pairs only.
        case pairs
        /// A command line (command, shell, raw, script): `key=value` of the known options first or last, the rest is
        /// the command.
        case command
        /// The name of a file (include_tasks, include_vars), with `key=value` pairs beside it or in its place.
        case file
    }
    package var name: String
    /// Where the module lives in Ansible: it goes by `<collection>.<name>`, too.
    package var collection: String
    package var aliases: [String]
    package var summary: String
    package var options: [Option]
    package var freeForm: FreeForm
    /// Any key is allowed (set_fact).
    package var acceptsAnyKey: Bool
    /// The first host of a batch runs it, for all of them (add_host).
    package var runsOnce = false
    /// Groups of which one is required / only one may stand.
    package var requiredOneOf: [[String]], mutuallyExclusive: [[String]]
    package init(
        _ name: String, collection: String = "ansible.builtin", aliases: [String] = [], summary: String,
        options: [Option], freeForm: FreeForm = .pairs, acceptsAnyKey: Bool = false, requiredOneOf: [[String]] = [],
        mutuallyExclusive: [[String]] = []
    ) {
        self.name = name
        self.collection = collection
        self.aliases = aliases
        self.summary = summary
        self.options = options
        self.freeForm = freeForm
        self.acceptsAnyKey = acceptsAnyKey
        self.requiredOneOf = requiredOneOf
        self.mutuallyExclusive = mutuallyExclusive
    }
}

extension ModuleSpec {
    /// Whether Ansible's module has an option that this one has not.
    func isAnsibles(option name: String?) -> Bool {
        guard let name else { return false }
        return AnsibleNames.options(ofModule: "\(collection).\(self.name)").contains(name)
    }
}

/// The modules that there are; implemented by the Modules target.
package protocol ModuleCatalog: Sendable {
    /// By short name or alias, alone or after the collection's name.
    func spec(named name: String) -> ModuleSpec?
    /// For suggestions.
    var moduleNames: [String] { get }
}
