import OrderedCollections

extension Filters {
    static let dictFilters: [String: Operation] = [
        "dict2items": Operation(["key_name", "value_name"]) { operand throws(TemplateError) in
            guard case .dict(let dict) = operand.input else {
                throw .other("dict2items requires a dictionary, got \(operand.input.typeName) instead.")
            }
            let keyName = Key(.string(try operand.text(0, default: "key")))
            let valueName = Key(.string(try operand.text(1, default: "value")))
            var result: [Object] = []
            for (key, value) in try dict.pairs(operand.context) {
                result.append(.dict(DictObject([keyName: key.object, valueName: value])))
            }
            return .list(result)
        },
        "items2dict": Operation(["key_name", "value_name"]) { operand throws(TemplateError) in
            guard case .list(let list) = operand.input else {
                throw .other("items2dict requires a list, got \(operand.input.typeName) instead.")
            }
            let keyName = try operand.text(0, default: "key")
            let valueName = try operand.text(1, default: "value")
            let result = DictObject()
            for item in try list.items(operand.context) {
                guard case .dict(let dict) = item else { throw .other("items2dict requires a list of dictionaries") }
                guard let key = try dict.value(keyName, operand.context),
                    let value = try dict.value(valueName, operand.context)
                else {
                    throw .other(
                        "items2dict requires each dictionary in the list to contain the keys '\(keyName)' and '\(valueName)'"
                    )
                }
                guard let hashable = Key(checking: key) else { throw .other("unhashable type: '\(key.typeName)'") }
                result.set(hashable, value)
            }
            return .dict(result)
        },
        "dictsort": Operation(["case_sensitive", "by", "reverse"]) { operand throws(TemplateError) in
            guard case .dict(let dict) = operand.input else {
                throw .other("dictsort requires a dictionary, got \(operand.input.typeName)")
            }
            let position: Int
            switch try operand.text(1, default: "key") {
            case "key": position = 0
            case "value": position = 1
            default: throw .other("You can only sort by either \"key\" or \"value\"")
            }
            let fold = SortKey(nil, isCaseSensitive: try operand.flag(0))
            var pairs: [Object] = []
            for (key, value) in try dict.pairs(operand.context) {
                if case .undefined(let marker) = value { throw marker.error }
                pairs.append(.tuple([key.object, value]))
            }
            return .list(
                try Sorting.sorted(pairs, reverse: operand.flag(2), operand.context) { pair throws(TemplateError) in
                    guard case .tuple(let parts) = pair else { return pair }
                    return try fold.key(parts[position], operand.context)
                })
        },
        "items": Operation { operand throws(TemplateError) in
            guard case .dict(let dict) = operand.input else { throw .other("Can only get item pairs from a mapping.") }
            var result: [Object] = []
            for (key, value) in try dict.pairs(operand.context) { result.append(.tuple([key.object, value])) }
            return .list(result)
        },
        "combine": Operation(rest: true, keywords: true) { operand throws(TemplateError) in
            var merge = DictMerge(context: operand.context)
            for (name, value) in operand.keywords {
                switch name {
                case "recursive": merge.isRecursive = try value.isTrue(operand.context)
                case "list_merge": merge.lists = try DictMerge.Lists.named(value.text(operand.context))
                default:
                    throw .other(
                        "unexpected keyword argument '\(name)'"
                            + Suggestion.text(for: name, among: ["recursive", "list_merge"]))
                }
            }
            var result: OrderedDictionary<Key, Object>?
            let terms = try Filters.flattened([operand.input] + operand.rest, nil, skipsNulls: true, operand.context)
            if terms.count == 1 { return terms[0] }
            for term in terms {
                guard case .dict(let dict) = term else {
                    throw .other("failed to combine variables, expected dicts but got a '\(term.typeName)'")
                }
                let pairs = try dict.pairs(operand.context)
                if let before = result { result = try merge.merged(before, pairs) } else { result = pairs }
            }
            return .dict(DictObject(result ?? [:]))
        },
        "extract": Operation(["container", "morekeys"], required: 1) { operand throws(TemplateError) in
            var value = try operand.context.item(operand.input, of: operand[0] ?? .none, showsKey: false)
            if let more = operand[1], !more.isNone {
                let keys = if case .list = more { try more.items(operand.context) } else { [more] }
                for key in keys { value = try operand.context.item(key, of: value, showsKey: false) }
            }
            return value
        },
        "rekey_on_member": Operation(["key", "duplicates"], required: 1) { operand throws(TemplateError) in
            let duplicates = try operand.text(1, default: "error")
            guard duplicates == "error" || duplicates == "overwrite" else {
                throw .other("duplicates parameter to rekey_on_member has unknown value; use error or overwrite")
            }
            let items: [Object]
            switch operand.input {
            case .dict(let dict): items = Array(try dict.pairs(operand.context).values)
            case .list, .tuple: items = try operand.items()
            default: throw .other("Type is not a valid list, set, or dict")
            }
            let member = Key(operand[0] ?? .none)
            let result = DictObject()
            for item in items {
                guard case .dict(let dict) = item else { throw .other("List item is not a valid dict") }
                guard let value = try dict.value(member, operand.context) else {
                    throw .other("Key \(try member.object.representation(operand.context)) was not found")
                }
                guard let key = Key(checking: value) else { throw .other("unhashable type: '\(value.typeName)'") }
                if duplicates == "error", result.contains(value) {
                    throw .other("a key is not unique, cannot correctly turn into dict")
                }
                result.set(key, item)
            }
            return .dict(result)
        },
    ]
}

/// How `combine` merges dictionaries.
struct DictMerge {
    enum Lists: String {
        case replace, keep, append, prepend
        case appendNew = "append_rp"
        case prependNew = "prepend_rp"
        static func named(_ name: String) throws(TemplateError) -> Lists {
            guard let lists = Lists(rawValue: name) else {
                throw .other("unknown list_merge; use replace, keep, append, prepend, append_rp or prepend_rp")
            }
            return lists
        }
    }
    let context: RenderContext
    var isRecursive = false
    var lists = Lists.replace

    func merged(
        _ base: OrderedDictionary<Key, Object>, _ other: OrderedDictionary<Key, Object>
    ) throws(TemplateError) -> OrderedDictionary<Key, Object> {
        var result = base
        for (key, value) in other {
            switch (result[key], value) {
            case (.dict(let left)?, .dict(let right)) where isRecursive:
                result[key] = .dict(DictObject(try merged(left.pairs(context), right.pairs(context))))
            case (.list(let left)?, .list(let right)):
                result[key] = .list(try merged(left.items(context), right.items(context)))
            default: result[key] = value
            }
        }
        return result
    }

    private func merged(_ left: [Object], _ right: [Object]) throws(TemplateError) -> [Object] {
        func without(_ items: [Object], _ others: [Object]) throws(TemplateError) -> [Object] {
            var result: [Object] = []
            for item in items where try !others.contains(item, context) { result.append(item) }
            return result
        }
        return switch lists {
        case .replace: right
        case .keep: left
        case .append: left + right
        case .prepend: right + left
        case .appendNew: try without(left, right) + right
        case .prependNew: right + (try without(left, right))
        }
    }
}
