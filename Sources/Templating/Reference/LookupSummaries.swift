extension Lookups {
    /// What each lookup gives, in one line. A test sees to it that none is left out.
    static let summaries: [String: String] = [
        "items": "The terms, with lists among them laid out.",
        "list": "The terms as they are.",
        "indexed_items": "Pairs of a number from 0 on and an item.",
        "dict": "A mapping's entries, each with key and value.",
        "together": "The first items of all lists, the second ones, and so on; null where a list has ended.",
        "nested": "Every combination of an item of each list.",
        "cartesian": "As nested.",
        "subelements":
            "Pairs of an item and each element of a list in it; skip_missing lets items pass that have none.",
        "random_choice": "One of the terms, drawn at random.",
        "sequence": "Numbers: start, end, stride, count, format, as options or in one text.",
        "file":
            "The text of a file of the controller; lstrip and rstrip take blanks off its ends (rstrip unless it is false).",
        "unvault": "A file's content, decrypted where ansible-vault has encrypted it.",
        "template": "A template of the controller, rendered.",
        "fileglob": "Files of the controller that a shell pattern matches.",
        "first_found": "The first of several files that there is; files, paths, skip.",
        "pipe": "What a command says, run by the controller's shell.",
        "lines": "The lines that a command says.",
        "csvfile":
            "A column of the row of a CSV file that begins with the term; file, delimiter, col, keycol, default.",
        "ini": "The value of a key in an INI or properties file; file, section, type, re, default.",
        "vars": "The variables of these names; default.",
        "varnames": "Names of variables that a regular expression finds.",
        "env": "Variables of the controller's environment; default.",
        "inventory_hostnames": "Hosts of the inventory that a pattern selects.",
        "vault": "A secret of the vault: provider, then fields.",
    ]
}
