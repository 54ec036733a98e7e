/// The best of what is offered for a header of weighted words: `Accept`, `Accept-Language` [RFC 9110 §12.4.2, §12.5].
enum Negotiation {
    private struct Range {
        var word: Substring
        var weight: Double
        /// In the header.
        var place: Int
    }

    /// - Parameters:
    ///   - offers: media types or languages, in small letters; the first counts when the header has no wish or one that nothing fulfils.
    ///   - header: as it came; what is malformed in it has no weight.
    /// - Returns: one of the offers.
    static func best(of offers: [String], _ header: String?) -> String {
        precondition(!offers.isEmpty, "There is something to offer.")
        let ranges = (header ?? "").lowercased().split(separator: ",").prefix(32).enumerated().map { read($1, $0) }
        var found = (offer: offers[0], weight: 0.0, place: Int.max)
        for offer in offers {
            let fitting = ranges.filter { matches($0.word, offer) }
            guard let closest = fitting.max(by: { precision($0.word) < precision($1.word) }), closest.weight > 0,
                closest.weight > found.weight || (closest.weight == found.weight && closest.place < found.place)
            else { continue }
            found = (offer, closest.weight, closest.place)
        }
        return found.offer
    }

    private static func read(_ text: Substring, _ place: Int) -> Range {
        let parts = text.split(separator: ";").map { $0.trimming(while: \.isWhitespace) }
        let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
        return Range(word: parts.first ?? "", weight: weight, place: place)
    }

    /// `*`, `*/*`, `text/*`, the offer itself, or a language that it is the first part of.
    private static func matches(_ word: Substring, _ offer: String) -> Bool {
        if word == "*" || word == "*/*" || word == offer { return true }
        if word.hasSuffix("/*") { return offer.hasPrefix(word.dropLast()) }
        return !offer.contains("/") && word.hasPrefix(offer + "-")
    }

    private static func precision(_ word: Substring) -> Int {
        word == "*" || word == "*/*" ? 0 : word.hasSuffix("/*") ? 1 : 2
    }
}

extension Substring {
    fileprivate func trimming(while isDropped: (Character) -> Bool) -> Substring {
        var rest = drop(while: isDropped)
        while let last = rest.last, isDropped(last) { rest.removeLast() }
        return rest
    }
}
