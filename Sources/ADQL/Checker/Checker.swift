import Core
import Functions

/// Gives every name of a query its column and every expression its type, or says what is wrong.
public struct Checker {
    struct ScopedTable {
        let table: CatalogTable
        let labels: [String]
    }

    /// The subquery whose text is being read.
    struct SubqueryScope {
        let table: ScopedTable
        var aggregates: [CheckedAggregate] = []
        var isSelecting = false
        var isInsideAggregate = false
    }

    let source: [UInt8]
    let catalog: Catalog
    var tables: [ScopedTable] = []
    /// Lower-case names that joins made one column.
    var sharedColumns: Set<String> = []
    var subquery: SubqueryScope?
    var subqueries: [CheckedSubquery] = []
    var presence: [CheckedExpression] = []
    var errors: [Diagnostic] = []
    var warnings: [Diagnostic] = []

    /// The meaning of a query text against a catalogue of tables.
    public static func check(_ text: String, catalog: Catalog) throws(QueryFault) -> CheckedQuery {
        let source = Array(text.utf8)
        let query: Query
        do throws(Diagnostic) {
            query = try Parser.query(in: text)
        } catch {
            throw QueryFault(source: source, diagnostics: [error])
        }
        var checker = Checker(source: source, catalog: catalog)
        let checked = checker.check(query)
        if let checked, checker.errors.isEmpty { return checked }
        let ordered = checker.errors.enumerated().sorted {
            ($0.element.range.start, $0.offset) < ($1.element.range.start, $1.offset)
        }
        throw QueryFault(source: source, diagnostics: ordered.map(\.element))
    }

    private init(source: [UInt8], catalog: Catalog) {
        self.source = source
        self.catalog = catalog
    }

    private mutating func check(_ query: Query) -> CheckedQuery? {
        checkTables(query)
        guard !tables.isEmpty else { return nil }
        let items = checkItems(query)
        var terms = presence
        if let condition = query.condition { terms += checkConjuncts(condition) }
        if query.top != nil {
            warn(query.range, "TOP has no meaning over one alert", hint: "remove it")
        }
        if query.isDistinct {
            warn(query.range, "DISTINCT has no meaning over one alert", hint: "remove it")
        }
        let condition: CheckedExpression? =
            terms.isEmpty ? nil : (terms.count == 1 ? terms[0] : CheckedExpression(.and(terms), .boolean, query.range))
        if errors.isEmpty {
            var lint = Lint(source: source, tables: tables.map(\.table), subqueries: subqueries)
            lint.examine(terms)
            warnings += lint.warnings
        }
        warnings.sort { $0.range.start < $1.range.start }
        return CheckedQuery(
            tables: tables.map(\.table), items: items, condition: condition, subqueries: subqueries, warnings: warnings)
    }

    /// Terms of a top-level AND, each checked by itself so that all their errors are told.
    private mutating func checkConjuncts(_ condition: Expression) -> [CheckedExpression] {
        if case .and(let terms) = condition.kind { return terms.flatMap { checkConjuncts($0) } }
        do throws(Diagnostic) {
            return [try checkCondition(condition)]
        } catch {
            errors.append(error)
            return []
        }
    }

    // MARK: Messages

    func diagnostic(_ range: SourceRange, _ message: String, detail: String = "", hint: String = "") -> Diagnostic {
        Diagnostic(at: range, in: source, message, detail: detail, hint: hint)
    }

    mutating func warn(_ range: SourceRange, _ message: String, detail: String = "", hint: String = "") {
        warnings.append(Diagnostic(.warning, at: range, in: source, message, detail: detail, hint: hint))
    }

    static func didYouMean(_ name: String, among names: [String], otherwise: String = "") -> String {
        NearestName.find(name, among: names).map { "did you mean \($0)?" } ?? otherwise
    }
}
