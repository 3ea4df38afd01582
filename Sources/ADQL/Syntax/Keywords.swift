/// Words that end an expression or an alias without AS; a column of such a name needs quotes or a qualifier.
enum Keywords {
    static let reserved: Set<String> = [
        "SELECT", "FROM", "WHERE", "AND", "OR", "NOT", "AS", "ON", "USING", "JOIN", "LEFT", "RIGHT", "FULL", "INNER",
        "OUTER", "CROSS", "NATURAL", "BETWEEN", "IN", "IS", "NULL", "LIKE", "ILIKE", "CASE", "WHEN", "THEN", "ELSE", "END",
        "EXISTS", "DISTINCT", "ALL", "TOP", "GROUP", "ORDER", "BY", "HAVING", "OFFSET", "UNION", "EXCEPT", "INTERSECT",
        "WITH", "CAST", "TRUE", "FALSE",
    ]
}
