/// Every filter, one family per file.
enum Filters {
    private static let table = OperationTable([
        undefinedFilters, conversionFilters, textFilters, layoutFilters, sequenceFilters, selectionFilters, dictFilters, setFilters, numberFilters,
        regexFilters, encodingFilters, jsonFilters, yamlFilters, pathFilters, urlFilters, timeFilters, randomFilters, markupFilters, passwordFilters,
    ])
    static var names: [String] { table.names }
    static func named(_ name: String) -> Operation? { table.named(name) }
}

/// Every test, one family per file.
enum TemplateTests {
    private static let table = OperationTable([valueTests, comparisonTests, regexTests, versionTests, collectionTests, resultTests, fileTests, uriTests])
    static var names: [String] { table.names }
    static func named(_ name: String) -> Operation? { table.named(name) }
}
