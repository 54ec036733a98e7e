/// Conditions as people write them for `--where` and `--not`: `lane=apns/* and age>10m and reason~Unreg* and not school=0751234A`.
///
/// `and` binds closer than `or`; there are no brackets, since several expressions must all hold. Each condition is a field, an operator and
/// a value; `a,b` are alternatives; a value with blanks or commas stands in quotes.
///
/// | fields | operators |
/// |---|---|
/// | `lane` `school` `app` `kind` `ref` `reason` | `=` and `!=` a pattern, `~` a pattern anywhere in the word |
/// | `state` `class` `event` `user` `device` | `=` `!=` |
/// | `http` `attempts` | `=` `!=` `<` `<=` `>` `>=` |
/// | `age` | `<` `<=` `>` `>=` a length of time |
/// | `due` | the same before or after an RFC 3339 time or a length of time from now; what is not deferred has none |
struct FilterExpression: Hashable, Sendable {
    static let charactersMax = 1000
    static let conditionsMax = 50

    /// One holds, of which all conditions hold.
    var alternatives: [[Condition]]

    struct Condition: Hashable, Sendable {
        var isNegated: Bool
        /// Of one name.
        var words: FilterWords
        /// How the instant of `words` is meant; nil where the words say all.
        var bound: Bound?
    }

    /// Which side of its instant a condition of time admits; the words alone say ``before`` of an instant, ``from`` of one that is passed.
    enum Bound: Hashable, Sendable {
        case before, upTo, after, from
    }

    var conditions: [Condition] { alternatives.flatMap(\.self) }

    /// What is wrong, and the number of the character it is at, from 1.
    struct MisplacedError: Error, Hashable, Sendable {
        var position: Int
        var expected: String
    }
}

extension FilterExpression.Condition {
    /// The condition as a filter of its own, negation left aside.
    func resolve(
        _ words: (FilterWords) throws -> QueueFilter
    ) throws -> QueueFilter.Clause {
        var filter = try words(self.words)
        let tick = Duration.milliseconds(1)
        switch bound {
        case nil: break
        case .before: break
        case .upTo:
            filter.madeBefore = filter.madeBefore.map { $0 + tick }
            filter.dueBefore = filter.dueBefore.map { $0 + tick }
        case .from:
            filter.dueSince = filter.dueBefore
            filter.dueBefore = nil
        case .after:
            filter.madeSince = filter.madeSince.map { $0 + tick }
            filter.dueSince = filter.dueBefore.map { $0 + tick }
            filter.dueBefore = nil
        }
        return QueueFilter.Clause(isNegated: isNegated, filter: filter)
    }
}
