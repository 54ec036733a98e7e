import Domain
import Pipeline
import Store

/// The body of `POST /admin/orders`: `{verb, ids, filter:{state:[…],lane:[…],…}, dryRun, expect, yes, fresh, actor, why}`.
struct OrderReader {
    let body: OrderBody

    func order() throws(Problem) -> Order {
        var errors: [FieldError] = []
        func wrong(_ member: String, _ detail: String) {
            errors.append(FieldError(JSONPointer.root.member(member), "malformed", detail))
        }
        let members = body.members
        let word = members["verb"]?.string
        let verb = OrderVerb.ofOperators.first { $0.rawValue == word }
        if verb == nil { wrong("verb", "One of \(OrderVerb.ofOperators.map(\.rawValue).joined(separator: ", ")).") }
        var scope = OrderScope()
        if let ids = members["ids"], !ids.isNull {
            let deliveries = ids.array?.map { $0.string.flatMap { DeliveryID($0) } } ?? [nil]
            scope.deliveries = Set(deliveries.compactMap(\.self)).sorted()
            if deliveries.contains(nil) { wrong("ids", "A list of deliveries: D-….") }
        }
        do throws(MalformedFilter) { scope.words = try words(members["filter"]) } catch {
            wrong("filter", error.detail)
        }
        if !scope.deliveries.isEmpty, !scope.words.isEmpty { wrong("filter", "Name deliveries, or a filter.") }
        func flag(_ name: String) -> Bool {
            guard let value = members[name], !value.isNull else { return false }
            guard let flag = value.bool else {
                wrong(name, "true or false.")
                return false
            }
            return flag
        }
        scope.isFresh = flag("fresh")
        let (isDryRun, isConfirmed) = (flag("dryRun"), flag("yes"))
        var expect: Int?
        if let value = members["expect"], !value.isNull {
            expect = value.int64.flatMap { Int(exactly: $0) }
            if expect.map({ $0 < 0 }) ?? true { wrong("expect", "A number of deliveries.") }
        }
        guard errors.isEmpty, let verb else {
            throw Problem(.invalidOrder, "The order is wrong.", errors: errors)
        }
        if verb != .retry, verb != .release { scope.isFresh = false }
        var order = Order(verb: verb, scope: scope, why: body.why, actor: body.actor)
        order.isDryRun = isDryRun
        order.expect = expect
        order.isConfirmed = isConfirmed
        return order
    }

    private struct MalformedFilter: Error {
        var detail: String
    }

    private func words(_ value: JSONValue?) throws(MalformedFilter) -> FilterWords {
        guard let value, !value.isNull else { return FilterWords() }
        guard let members = value.object else { throw MalformedFilter(detail: "An object of lists of words.") }
        do throws(FilterWords.Problem) {
            let words = try FilterWords(json: members)
            try words.check()
            return words
        } catch {
            throw MalformedFilter(detail: error.detail)
        }
    }
}

extension FilterWords.Problem {
    /// For the answer; names no word of the request.
    var detail: String {
        switch self {
        case .noSuchName(let name): "There is no filter \(name)."
        case .malformed(let name, _, let expected): "\(name.rawValue): expected \(expected)."
        case .misplaced(let name, _, let position, let expected):
            "\(name.rawValue), character \(position): expected \(expected)."
        case .unknown(let name, _, _): "\(name.rawValue) names nothing."
        }
    }
}
