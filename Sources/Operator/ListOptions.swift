import ArgumentParser
import Domain

/// Paging of a list.
struct ListOptions: ParsableArguments {
    static let limitByDefault = 100
    /// Items read from the store at once when there is no limit.
    static let chunk = 1000

    @Option(help: "At most so many; 100 for table and json, all for ids, ndjson and csv.")
    var limit: Int?

    @Option(help: ArgumentHelp("Go on after this cursor: the answer's next.", valueName: "cursor"))
    var after: String?

    func validate() throws { try Self.check(limit) }

    static func check(_ limit: Int?, max: Int = 1_000_000) throws {
        if let limit, !(1...max).contains(limit) {
            throw ValidationError(say("--limit must be from 1 to \(digits: max)."))
        }
    }

    /// What `--after` names; exit code 2 for anything else.
    static func cursor<Cursor>(_ text: String, _ read: (String) -> Cursor?) throws -> Cursor {
        guard let cursor = read(text) else {
            throw OperatorError(.usage, say("\(text) is no cursor: take the next of an earlier answer"))
        }
        return cursor
    }

    /// An item and where the list goes on behind it.
    typealias Item = (object: JSONObject, cursor: String?)

    /// Fetches and writes the list; an item's id is its cursor.
    ///
    /// - Parameters:
    ///   - listing: columns and scope, without items.
    ///   - renderer: writes them.
    ///   - isFiltered: then an empty list is "nothing matched".
    ///   - fetch: up to `limit` items after a cursor.
    /// - Throws: what `fetch` threw; ``OperatorError`` with exit code 3 when nothing matched.
    func write(
        _ listing: Listing,
        to renderer: Renderer,
        isFiltered: Bool,
        fetch: (_ after: String?, _ limit: Int) throws -> [JSONObject]
    ) throws {
        try write(
            listing,
            to: renderer,
            isFiltered: isFiltered,
            items: { after, limit in
                try fetch(after, limit).map { ($0, $0[listing.id]?.string) }
            }
        )
    }

    /// As ``write(_:to:isFiltered:fetch:)``, for items whose cursor is none of their members.
    func write(
        _ listing: Listing,
        to renderer: Renderer,
        isFiltered: Bool,
        items fetch: (_ after: String?, _ limit: Int) throws -> [Item]
    ) throws {
        var isEmpty = true
        switch renderer.format {
        case .table, .json:
            let limit = limit ?? Self.limitByDefault
            var listing = listing
            var items = try fetch(after, limit + 1)
            let hasMore = items.count > limit
            if hasMore { items.removeLast(items.count - limit) }
            listing.items = items.map(\.object)
            listing.next = hasMore ? items.last?.cursor : nil
            listing.total = hasMore || after != nil ? nil : items.count
            isEmpty = items.isEmpty
            try renderer.write(listing)
        case .ndjson, .csv, .ids:
            try renderer.writeHeader(listing)
            var left = limit ?? .max
            var cursor = after
            while left > 0 {
                let items = try fetch(cursor, min(left, Self.chunk))
                for item in items { try renderer.write(item.object, of: listing) }
                isEmpty = isEmpty && items.isEmpty
                left -= items.count
                cursor = items.last?.cursor
                if items.count < Self.chunk || cursor == nil { break }
            }
        }
        if isEmpty, isFiltered { throw OperatorError(.nothing, say("nothing matched: \(listing.scope)")) }
    }
}
