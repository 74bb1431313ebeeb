import Templating
import YAML

/// Something about the task itself, not about the host: a template that can't be rendered, an argument of the wrong
/// kind.
struct TaskFault: Error, Sendable {
    let message: String
    /// Where in which file the template stands: shown after the message, and not registered.
    let place: String?
    init(_ message: String, at value: Value? = nil) {
        self.message = message
        place = value.flatMap(TemplatePlace.init)?.description
    }
    init(_ beginning: String, _ error: TemplateError) {
        message = beginning + error.message
        place = error.template?.description
    }
}
