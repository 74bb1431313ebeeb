import CLibYAML

/// libyaml's parser, run over a whole text. The C handle lives and dies inside `events(of:)`; nothing that points into
/// it leaves this file.
enum LibYAML {
    /// Counted from 0, as libyaml does; a column is a number of characters.
    struct Place { let line: Int, column: Int }

    struct Event {
        enum Kind {
            case documentStart, documentEnd, alias, sequenceStart, sequenceEnd, mappingStart, mappingEnd
            /// `plain` is libyaml's word for 'the type may be resolved from the text': unquoted, without a tag of its
            /// own.
            case scalar(text: String, plain: Bool)
        }
        let kind: Kind
        let place: Place
        /// The anchor that is set, or the one that an alias names.
        let anchor: String?
        let tag: String?
    }

    struct Failure {
        /// What libyaml was doing and where that began, such as 'while parsing a flow sequence'.
        let context: String?, contextPlace: Place?
        let problem: String
        /// Nil when the bytes could not even be decoded; then `offset` tells where.
        let place: Place?
        let offset: Int
    }

    /// The events up to the text's end, or to the first thing that is not YAML.
    ///
    /// They end, too, where the nesting passes its bound: libyaml's time for a text grows with the square of its depth.
    static func events(of text: [UInt8]) -> (events: [Event], failure: Failure?) {
        var parser = yaml_parser_t()
        guard yaml_parser_initialize(&parser) == 1 else {
            return ([], Failure(context: nil, contextPlace: nil, problem: "out of memory", place: nil, offset: 0))
        }
        defer { yaml_parser_delete(&parser) }
        return text.withUnsafeBufferPointer { bytes in
            yaml_parser_set_input_string(&parser, bytes.baseAddress, bytes.count)
            yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING)
            var events: [Event] = []
            var depth = 0
            while depth <= Bounds.nesting {
                var raw = yaml_event_t()
                guard yaml_parser_parse(&parser, &raw) == 1 else { return (events, failure(of: parser)) }
                defer { yaml_event_delete(&raw) }
                if raw.type == YAML_STREAM_END_EVENT { return (events, nil) }
                guard let event = event(from: raw) else { continue }
                events.append(event)
                switch event.kind {
                case .sequenceStart, .mappingStart: depth += 1
                case .sequenceEnd, .mappingEnd: depth -= 1
                default: break
                }
            }
            return (events, nil)
        }
    }

    private static func event(from raw: yaml_event_t) -> Event? {
        let place = Place(raw.start_mark)
        func made(
            _ kind: Event.Kind, anchor: UnsafeMutablePointer<yaml_char_t>? = nil,
            tag: UnsafeMutablePointer<yaml_char_t>? = nil
        ) -> Event {
            Event(
                kind: kind, place: place, anchor: anchor.map { String(cString: $0) },
                tag: tag.map { String(cString: $0) })
        }
        switch raw.type {
        case YAML_DOCUMENT_START_EVENT: return made(.documentStart)
        case YAML_DOCUMENT_END_EVENT: return made(.documentEnd)
        case YAML_ALIAS_EVENT: return made(.alias, anchor: raw.data.alias.anchor)
        case YAML_SEQUENCE_START_EVENT:
            return made(.sequenceStart, anchor: raw.data.sequence_start.anchor, tag: raw.data.sequence_start.tag)
        case YAML_SEQUENCE_END_EVENT: return made(.sequenceEnd)
        case YAML_MAPPING_START_EVENT:
            return made(.mappingStart, anchor: raw.data.mapping_start.anchor, tag: raw.data.mapping_start.tag)
        case YAML_MAPPING_END_EVENT: return made(.mappingEnd)
        case YAML_SCALAR_EVENT:
            let scalar = raw.data.scalar
            let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
            return made(.scalar(text: text, plain: scalar.plain_implicit != 0), anchor: scalar.anchor, tag: scalar.tag)
        default: return nil
        }
    }

    private static func failure(of parser: yaml_parser_t) -> Failure {
        let problem = parser.problem.map { String(cString: $0) } ?? "not YAML"
        if parser.error == YAML_READER_ERROR {
            return Failure(context: nil, contextPlace: nil, problem: problem, place: nil, offset: parser.problem_offset)
        }
        let context = parser.context.map { String(cString: $0) }
        return Failure(
            context: context, contextPlace: context == nil ? nil : Place(parser.context_mark),
            problem: problem, place: Place(parser.problem_mark), offset: parser.problem_mark.index)
    }
}

extension LibYAML.Place {
    fileprivate init(_ mark: yaml_mark_t) { self.init(line: mark.line, column: mark.column) }
}
