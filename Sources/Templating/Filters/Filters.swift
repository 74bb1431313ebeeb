/// Every filter, one family per file.
enum Filters {
    /// Filters that give one of the values that they are given, as it is: it is as secret as it was.
    private static let handingOn: Set<String> = [
        "default", "d", "mandatory", "ternary", "combine", "extract", "zip", "zip_longest", "union", "intersect",
        "difference", "symmetric_difference",
    ]
    static func handsOn(_ name: String) -> Bool { handingOn.contains(LookupFunction.shortName(name)) }

    private static let table = OperationTable([
        undefinedFilters, conversionFilters, textFilters, layoutFilters, sequenceFilters, selectionFilters, dictFilters,
        setFilters, numberFilters,
        regexFilters, encodingFilters, jsonFilters, yamlFilters, pathFilters, urlFilters, timeFilters, randomFilters,
        markupFilters, passwordFilters, vaultFilters,
    ])
    static var names: [String] { table.names }
    static func named(_ name: String) -> Operation? { table.named(name) }
}

/// Every test, one family per file.
enum TemplateTests {
    private static let table = OperationTable([
        valueTests, comparisonTests, regexTests, versionTests, collectionTests, resultTests, fileTests, uriTests,
    ])
    static var names: [String] { table.names }
    static func named(_ name: String) -> Operation? { table.named(name) }
}
