/// Reads the rows of B-trees from a ``DatabaseImage``, whatever of them can be read [sqlite.org/fileformat2.html, "B-tree Pages"].
///
/// A child counts when its page says so or when the pointer map does, so the leaves below a damaged page are found all the same. A page
/// belongs to one tree, the first that reaches it with the map's consent.
package final class TreeWalk {
    /// A row: the rowid of a table with one, and the values of the record.
    package typealias Take = (_ rowID: Int64?, _ values: [Value]) throws -> Void

    private let image: DatabaseImage
    private var visited: Set<Int> = []
    /// Pages and cells that could not be read.
    package private(set) var damaged = 0

    package init(_ image: DatabaseImage) { self.image = image }

    /// Every row below `root`, in no certain order.
    ///
    /// - Returns: pages that a page of the tree names and the map gives to another: to be walked when all trees are, if nobody took them.
    package func rows(root: Int, _ take: Take) throws -> [Int] {
        var pages = [root]
        var refused: [Int] = []
        while let number = pages.popLast() {
            guard visited.insert(number).inserted else { continue }
            guard let page = image.page(number), let below = try read(page, number, take) else {
                damaged += 1
                pages += image.mappedChildren(of: number)
                continue
            }
            let own = below.filter { child in
                child > 1 && child <= image.pageCount && image.mappedParent(of: child).map { $0 == number } ?? true
            }
            pages += own
            guard own.count < below.count else { continue }
            damaged += below.count - own.count
            refused += below.filter { $0 > 1 && $0 <= image.pageCount && !own.contains($0) }
            pages += image.mappedChildren(of: number)
        }
        return refused
    }

    /// - Returns: the pages below; nil for a page that is none of a tree.
    private func read(_ page: [UInt8], _ number: Int, _ take: Take) throws -> [Int]? {
        let start = number == 1 ? 100 : 0
        let kind = page[start]
        guard [2, 5, 10, 13].contains(kind) else { return nil }
        let isInterior = kind == 2 || kind == 5
        let count = DatabaseImage.number(page, start + 3, 2)
        let pointers = start + (isInterior ? 12 : 8)
        var below = isInterior ? [DatabaseImage.number(page, start + 8, 4)] : []
        for cell in 0..<count {
            guard pointers + cell * 2 + 2 <= page.count else {
                damaged += 1
                break
            }
            // As SQLite reads it: what goes beyond the page does not count.
            var at = DatabaseImage.number(page, pointers + cell * 2, 2) & (DatabaseImage.pageBytes - 1)
            guard at + 4 <= page.count, at >= pointers else {
                damaged += 1
                continue
            }
            if isInterior {
                below.append(DatabaseImage.number(page, at, 4))
                at += 4
            }
            if kind == 5 { continue }
            guard let (rowID, record) = payload(page, at, hasRowID: kind == 13), let values = Record.values(record)
            else {
                damaged += 1
                continue
            }
            try take(rowID, values)
        }
        return below
    }

    /// The bytes of a cell's record, overflow pages included.
    private func payload(_ page: [UInt8], _ start: Int, hasRowID: Bool) -> (Int64?, [UInt8])? {
        var at = start
        guard let size = Record.varint(page, &at), size >= 0, size < 1 << 30 else { return nil }
        var rowID: Int64?
        if hasRowID {
            guard let number = Record.varint(page, &at) else { return nil }
            rowID = number
        }
        let (total, usable) = (Int(size), DatabaseImage.pageBytes)
        let most = hasRowID ? usable - 35 : (usable - 12) * 64 / 255 - 23
        var local = total
        if total > most {
            let least = (usable - 12) * 32 / 255 - 23
            let fitting = least + (total - least) % (usable - 4)
            local = fitting <= most ? fitting : least
        }
        guard at + local <= page.count else { return nil }
        var bytes = Array(page[at..<at + local])
        guard total > local else { return (rowID, bytes) }
        guard at + local + 4 <= page.count else { return nil }
        var next = DatabaseImage.number(page, at + local, 4)
        while bytes.count < total {
            // Each page brings bytes, so a circle ends.
            guard next > 1, let overflow = image.page(next) else { return nil }
            bytes += overflow[4..<min(usable, 4 + total - bytes.count)]
            next = DatabaseImage.number(overflow, 0, 4)
        }
        return (rowID, bytes)
    }
}

/// The record format [sqlite.org/fileformat2.html, "Record Format"].
enum Record {
    /// nil when the bytes are no record.
    static func values(_ bytes: [UInt8]) -> [Value]? {
        var header = 0
        guard let length = varint(bytes, &header), length >= 1, length <= bytes.count else { return nil }
        var body = Int(length)
        var values: [Value] = []
        while header < Int(length) {
            guard let type = varint(bytes, &header), let size = size(of: type), body + size <= bytes.count else {
                return nil
            }
            guard let value = value(type, bytes[body..<body + size]) else { return nil }
            values.append(value)
            body += size
        }
        return header == Int(length) ? values : nil
    }

    private static func size(of type: Int64) -> Int? {
        switch type {
        case 0, 8, 9: 0
        case 1...4: Int(type)
        case 5: 6
        case 6, 7: 8
        case 12...(1 << 31): Int(type - 12) / 2
        default: nil
        }
    }

    private static func value(_ type: Int64, _ bytes: ArraySlice<UInt8>) -> Value? {
        switch type {
        case 0: return .null
        case 8: return .integer(0)
        case 9: return .integer(1)
        case 1...6:
            let isNegative = (bytes.first ?? 0) & 0x80 != 0
            return .integer(bytes.reduce(isNegative ? -1 : 0) { $0 << 8 | Int64($1) })
        case 7: return .real(Double(bitPattern: bytes.reduce(0) { $0 << 8 | UInt64($1) }))
        default:
            if type.isMultiple(of: 2) { return .blob(Array(bytes)) }
            return String(validating: bytes, as: UTF8.self).map { .text($0) }
        }
    }

    /// Up to nine bytes, seven bits each, the ninth all eight. nil behind the end.
    static func varint(_ bytes: [UInt8], _ at: inout Int) -> Int64? {
        var value: UInt64 = 0
        for index in 0..<9 {
            guard at < bytes.count else { return nil }
            let byte = bytes[at]
            at += 1
            if index == 8 { return Int64(bitPattern: value << 8 | UInt64(byte)) }
            value = value << 7 | UInt64(byte & 0x7F)
            if byte & 0x80 == 0 { return Int64(bitPattern: value) }
        }
        return nil
    }
}
