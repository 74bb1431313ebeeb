import Playbook
import Redaction
import YAML

/// `vars_prompt`: variables that plays ask for before anything begins. An answer counts as `-e`, and a run that is
/// resumed does not ask again.
enum VariablePrompts {
    /// What is not among the extra variables is asked for on the terminal; where there is none, a default is taken.
    ///
    /// - Throws: `Diagnostics` for what has neither terminal nor default.
    static func answers(of playbooks: [Playbook], given: ValueMap) throws -> ValueMap {
        var answers = ValueMap()
        for prompt in playbooks.flatMap(\.plays).flatMap(\.prompts)
        where given[prompt.name] == nil && answers[prompt.name] == nil {
            answers[prompt.name] = try answer(to: prompt)
        }
        return answers
    }

    /// Private answers are secret, however they came, and join the run's secrets.
    static func concealed(_ values: ValueMap, of playbooks: [Playbook]) -> ValueMap {
        var values = values
        for prompt in playbooks.flatMap(\.plays).flatMap(\.prompts) where prompt.isPrivate {
            guard let value = values[prompt.name] else { continue }
            let label = "vars_prompt.\(prompt.name)"
            let text = ArgumentBinder.text(value)
            if !text.isEmpty { ComfyFleet.secrets.insert(Secret(text), label: label) }
            values[prompt.name] = value.with(.secret(label))
        }
        return values
    }

    private static func answer(to prompt: Play.Prompt) throws -> Value {
        let fallback = prompt.fallback.map(ArgumentBinder.text)
        var question = redacted(prompt.question)
        if let fallback, !prompt.isPrivate { question += " [\(redacted(fallback))]" }
        while true {
            guard let first = try ask(question, prompt) else {
                if let value = prompt.fallback { return value }
                throw Diagnostics([
                    Diagnostic(
                        "there is no terminal to ask for '\(prompt.name)' on", at: prompt.mark,
                        remedy: "pass it with -e \(prompt.name)=…, or give it a 'default'")
                ])
            }
            if first.isEmpty, let value = prompt.fallback { return value }
            guard prompt.isConfirmed, try ask("once more", prompt) != first else { return .string(first) }
            question = "the two answers differ; \(redacted(prompt.question))"
        }
    }

    private static func ask(_ question: RedactedText, _ prompt: Play.Prompt) throws -> String? {
        do {
            return try prompt.isPrivate ? TerminalPrompt.secret(question)?.reveal() : TerminalPrompt.line(question)
        } catch { throw CommandExit(code: 130) }
    }
}
