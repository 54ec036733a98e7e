/// Joins sorted streams into one, each element once. Of every stream only the next few elements are held.
struct OrderedMerge<Element: Comparable & Sendable>: Sendable {
    private struct Stream: Sendable {
        /// What `read` calls it; nil for a list that is here whole.
        var source: Int?
        /// Read, and not given out.
        var ahead: ArraySlice<Element>
        var last: Element
        /// Nothing is left to read.
        var isRead: Bool
    }

    private var streams: [Stream]

    /// - Parameters:
    ///   - sources: how many streams are read; numbered from 0.
    ///   - list: sorted, one more stream.
    ///   - start: what is given out is above it.
    init(sources: Int, list: [Element], above start: Element) {
        streams = (0..<sources).map { Stream(source: $0, ahead: [], last: start, isRead: false) }
        let rest = list.drop { $0 <= start }
        if let last = rest.last { streams.append(Stream(source: nil, ahead: rest, last: last, isRead: true)) }
    }

    var isAtEnd: Bool { streams.isEmpty }

    /// The next elements, sorted; none at the end, and only there.
    ///
    /// `wanted`: about how many; there may be a few more or less.
    /// `read`: elements of a source above one, sorted; fewer than `limit` only at its end.
    mutating func next(
        about wanted: Int,
        _ read: (_ source: Int, _ above: Element, _ limit: Int) throws -> [Element]
    ) throws -> [Element] {
        let limit = max(Self.readAheadMin, 2 * wanted / max(1, streams.count))
        for index in streams.indices where streams[index].ahead.isEmpty && !streams[index].isRead {
            guard let source = streams[index].source else { continue }
            let elements = try read(source, streams[index].last, limit)
            streams[index].isRead = elements.count < limit
            streams[index].ahead = elements[...]
            if let last = elements.last { streams[index].last = last }
        }
        // Up to here every stream has been read.
        let bound = streams.lazy.filter { !$0.isRead }.map(\.last).min()
        var parts = 0
        var merged: [Element] = []
        for index in streams.indices {
            let ahead = streams[index].ahead
            let part = bound.map { bound in ahead.prefix { $0 <= bound } } ?? ahead
            guard !part.isEmpty else { continue }
            streams[index].ahead = ahead[part.endIndex...]
            merged += part
            parts += 1
        }
        streams.removeAll { $0.isRead && $0.ahead.isEmpty }
        guard parts > 1 else { return merged }
        merged.sort()
        return merged.reduce(into: []) { if $0.last != $1 { $0.append($1) } }
    }

    /// Elements of a stream read at once, at least: of 20,000 streams 20 MB.
    private static var readAheadMin: Int { 64 }
}
