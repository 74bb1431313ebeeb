import Playbook
import YAML

/// Brings in the tasks of a file when a host comes to it; the engine carries it out.
struct IncludeTasks: Module {
    static let spec = ModuleSpec(
        "include_tasks", summary: "Brings in the tasks of a file when a host comes to it.",
        options: [
            .init("_raw_params", .string, help: "The file."),
            .init("file", .path, help: "The file."),
            .init("apply", .raw, help: "Keywords of the tasks that it brings."),
        ], freeForm: .file, requiredOneOf: [["_raw_params", "file"]], mutuallyExclusive: [["_raw_params", "file"]])
    static let reference = ModuleReference(
        notes: "The tasks that it brings report for themselves.",
        example: """
            - include_tasks: "{{ ansible_os_family }}.yml"
            - include_tasks:
                file: model.yml
                apply: { become: true }
              loop: "{{ models }}"
              loop_control: { loop_var: model }
            """)

    init(arguments: ValueMap) throws {}
    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        throw ModuleFailure("an include is the engine's")
    }
}

/// Brings in a role when a host comes to it; the engine carries it out. What the role sets is seen by its own tasks
/// only, unless it is public.
struct IncludeRole: Module {
    static let spec = ModuleSpec(
        "include_role", summary: "Brings in a role when a host comes to it.",
        options: [
            .init("name", .string, aliases: ["role"], required: true, help: "The role."),
            .init("tasks_from", .string, default: .string("main"), help: "File of its tasks/."),
            .init("vars_from", .string, default: .string("main"), help: "File of its vars/."),
            .init("defaults_from", .string, default: .string("main"), help: "File of its defaults/."),
            .init("handlers_from", .string, default: .string("main"), help: "File of its handlers/."),
            .init("apply", .raw, help: "Keywords of the tasks that it brings."),
            .init(
                "allow_duplicates", .bool, default: .bool(true),
                help: "Whether a host does the role again that has done the same include or import of it in this play."),
            .init(
                "public", .bool, default: .bool(false),
                help: "Whether the play's tasks that follow see the role's variables and defaults."),
            .init(
                "rolespec_validate", .bool, default: .bool(true),
                help: "Whether the role's arguments are checked where it describes them."),
        ])
    static let reference = ModuleReference(
        notes:
            "What the role sets is seen by its own tasks only, unless it is public. The tasks that it brings report for themselves.",
        example: """
            - include_role:
                name: nvidia_driver
                tasks_from: "{{ ansible_distribution | lower }}"
            """)

    init(arguments: ValueMap) throws {}
    func run(on host: ManagedHost, context: ModuleContext) async throws -> ModuleResult {
        throw ModuleFailure("an include is the engine's")
    }
}
