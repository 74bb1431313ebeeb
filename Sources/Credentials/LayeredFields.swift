import YAML

/// A host's fields while the layers are put on top of each other, lowest first.
package struct LayeredFields: Sendable {
    package struct Field: Sendable {
        package internal(set) var value: Value
        package internal(set) var layer: Layer
        /// Layers that have a value, too, and do not count; the nearest first.
        package internal(set) var shadowed: [Layer] = []
    }
    package private(set) var fields: [ConnectionField: Field] = [:]

    package subscript(field: ConnectionField) -> Field? { fields[field] }

    /// A null never wins over a value.
    mutating func put(_ field: ConnectionField, _ value: Value, from layer: Layer) {
        guard !value.isNull else { return }
        if var present = fields[field] {
            present.shadowed.insert(present.layer, at: 0)
            present.value = value
            present.layer = layer
            fields[field] = present
        } else {
            fields[field] = Field(value: value, layer: layer)
        }
    }

    /// Puts a value where its layer stands among those that are there already.
    mutating func insert(_ field: ConnectionField, _ value: Value, from layer: Layer) {
        guard !value.isNull else { return }
        guard var present = fields[field], present.layer > layer else { return put(field, value, from: layer) }
        present.shadowed.insert(layer, at: present.shadowed.firstIndex { $0 < layer } ?? present.shadowed.endIndex)
        fields[field] = present
    }

    mutating func put(_ block: ConnectionBlock, from layer: Layer) {
        for (field, value) in block.fields { put(field, value, from: layer) }
    }
}
