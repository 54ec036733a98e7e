/// The subscriptions the simulator's browsers have, and those they gave up.
package struct Subscriptions: Sendable {
    package static let countMax = 1_000_000

    package struct ParseError: Error, Hashable, Sendable, CustomStringConvertible {
        package var description: String
    }

    private var known: [String: Subscription] = [:]
    private var gone: Set<String> = []

    package init() {}

    /// Reads a file or an upload: an object of key sets by id, JSON lines of one subscription each, or one subscription.
    ///
    /// - Returns: Those read, in the file's order, an object's by id.
    /// - Throws: ``ParseError`` with the line or id.
    package static func parse(_ bytes: [UInt8]) throws(ParseError) -> [Subscription] {
        if let whole = Self.object(bytes), let members = whole.object, members.values.allSatisfy({ $0.object != nil }),
            !members.isEmpty
        {
            var read: [Subscription] = []
            for (id, keys) in members.sorted(by: { $0.key < $1.key }) { read.append(try Subscription(keys, id: id)) }
            return read
        }
        if let whole = Self.object(bytes) { return [try Subscription(whole)] }
        var read: [Subscription] = []
        for (index, line) in bytes.split(separator: UInt8(ascii: "\n")).enumerated() {
            guard let value = Self.object(line) else {
                throw ParseError(description: "line \(index + 1) is not an object")
            }
            read.append(try Subscription(value))
        }
        return read
    }

    private static func object(_ bytes: some Collection<UInt8>) -> JSON? {
        do {
            let value = try JSON(parsing: bytes)
            return value.object == nil ? nil : value
        } catch {
            return nil
        }
    }

    package subscript(id: String) -> Subscription? { known[id] }

    /// True when it once was and is no more: 410 rather than 404.
    package func isGone(_ id: String) -> Bool { gone.contains(id) }

    package var ids: [String] { known.keys.sorted() }

    /// Takes them in; one with a known id replaces it, a gone one comes back.
    ///
    /// - Throws: ``ParseError`` beyond ``countMax``; then none is taken.
    package mutating func add(_ subscriptions: [Subscription]) throws(ParseError) {
        guard known.count + subscriptions.count <= Self.countMax else {
            throw ParseError(description: "more than \(Self.countMax) subscriptions")
        }
        for subscription in subscriptions {
            known[subscription.id] = subscription
            gone.remove(subscription.id)
        }
    }

    /// The browser unsubscribes. False when it is unknown.
    package mutating func remove(_ id: String) -> Bool {
        guard known.removeValue(forKey: id) != nil else { return false }
        gone.insert(id)
        return true
    }

    /// Brings every gone one's id back to unknown: `POST /control/reset` keeps those that live.
    mutating func forgetGone() { gone = [] }
}
