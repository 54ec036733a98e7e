internal import Glibc

/// A database file and its log as they lie on a disk, read page by page without SQLite: for files that SQLite refuses.
///
/// Nothing is written, no lock taken: nobody may work on the file meanwhile. Frames of the log count as SQLite counts them, up to the last
/// commit before the first whose checksum does not follow [sqlite.org/fileformat2.html, "The Write-Ahead Log"].
package final class DatabaseImage {
    package static let pageBytes = 4096

    private let file: Int32
    private let log: Int32
    /// Offsets of the newest committed pages in the log.
    private var frames: [Int: Int] = [:]
    package let pageCount: Int
    /// The log goes on behind a frame that is damaged: what was committed there is lost.
    package private(set) var isLogDamaged = false
    /// Pages that children name as their parent, and the other way round: pointer-map pages of auto-vacuum.
    private var parents: [Int: Int] = [:]
    private var children: [Int: [Int]] = [:]

    /// - Throws: `cannotOpen` when there is no such file.
    package init(path: String) throws(SQLiteError) {
        let opened = open(path, O_RDONLY | O_CLOEXEC)
        guard opened >= 0 else {
            throw .cannotOpen(.init(code: 14, message: "\(path): \(String(cString: strerror(errno)))", sql: nil))
        }
        file = opened
        log = open(path + "-wal", O_RDONLY | O_CLOEXEC)
        var status = stat()
        var count = fstat(opened, &status) == 0 ? (Int(status.st_size) + Self.pageBytes - 1) / Self.pageBytes : 0
        if log >= 0, let found = Self.committed(log) {
            frames = found.frames
            isLogDamaged = found.isDamaged
            count = max(count, found.frames.keys.max() ?? 0)
        }
        pageCount = count
        readPointerMap()
    }

    deinit {
        close(file)
        if log >= 0 { close(log) }
    }

    /// The page of this number, from 1; nil when it cannot be read.
    func page(_ number: Int) -> [UInt8]? {
        guard number >= 1, number <= pageCount else { return nil }
        if let offset = frames[number] { return Self.read(log, Self.pageBytes, at: offset) }
        // The page a file was cut off in may have cells before the cut.
        return Self.read(file, Self.pageBytes, at: (number - 1) * Self.pageBytes, isWhole: false)
    }

    /// What the pointer map says is below a page; also when the page itself is damaged.
    func mappedChildren(of page: Int) -> [Int] { children[page] ?? [] }

    /// nil: the map does not tell.
    func mappedParent(of page: Int) -> Int? { parents[page] }

    /// `user_version` of the header; nil when the header is damaged.
    package var userVersion: Int? {
        guard let page = page(1), page.starts(with: Array("SQLite format 3\0".utf8)) else { return nil }
        return Self.number(page, 60, 4)
    }

    /// Entries of 5 bytes, type and parent: 5 is a page of a tree below another [fileformat2.html, "Pointer Map or Ptrmap Pages"].
    private func readPointerMap() {
        let entries = Self.pageBytes / 5
        var map = 2
        while map <= pageCount {
            if let bytes = page(map) {
                for entry in 0..<entries where bytes[entry * 5] == 5 {
                    let (page, parent) = (map + 1 + entry, Self.number(bytes, entry * 5 + 1, 4))
                    guard page <= pageCount, parent >= 1, parent <= pageCount, parent != page else { continue }
                    parents[page] = parent
                    children[parent, default: []].append(page)
                }
            }
            map += entries + 1
        }
    }

    private static func committed(_ log: Int32) -> (frames: [Int: Int], isDamaged: Bool)? {
        guard let header = read(log, 32, at: 0), number(header, 0, 4) & ~1 == 0x377F_0682,
            number(header, 8, 4) == pageBytes
        else {
            var status = stat()
            return fstat(log, &status) == 0 && status.st_size > 32 ? ([:], true) : nil
        }
        let isBig = header[3] & 1 == 1
        var sum = checksum(header[..<24], isBig, (0, 0))
        guard matches(sum, header, 24) else { return ([:], true) }
        var committed: [Int: Int] = [:]
        var uncommitted: [Int: Int] = [:]
        var offset = 32
        while let frame = read(log, 24 + pageBytes, at: offset) {
            guard frame[8..<16].elementsEqual(header[16..<24]) else { break }
            sum = checksum(frame[..<8], isBig, sum)
            sum = checksum(frame[24...], isBig, sum)
            guard matches(sum, frame, 16) else { break }
            uncommitted[number(frame, 0, 4)] = offset + 24
            offset += 24 + pageBytes
            if number(frame, 4, 4) > 0 {
                committed.merge(uncommitted) { $1 }
                uncommitted = [:]
            }
        }
        // Frames of this generation behind the end are what a damaged one cut off.
        var isDamaged = !uncommitted.isEmpty && read(log, 24, at: offset) != nil
        var later = offset
        while !isDamaged, let frame = read(log, 24, at: later), later - offset < 64 << 20 {
            isDamaged = frame[8..<16].elementsEqual(header[16..<24])
            later += 24 + pageBytes
        }
        return (committed, isDamaged)
    }

    private static func checksum(_ bytes: ArraySlice<UInt8>, _ isBig: Bool, _ start: (UInt32, UInt32)) -> (
        UInt32, UInt32
    ) {
        bytes.withUnsafeBytes { raw in
            var (one, two) = start
            for index in stride(from: 0, to: raw.count, by: 8) {
                let first = raw.loadUnaligned(fromByteOffset: index, as: UInt32.self)
                let second = raw.loadUnaligned(fromByteOffset: index + 4, as: UInt32.self)
                one = one &+ (isBig ? UInt32(bigEndian: first) : UInt32(littleEndian: first)) &+ two
                two = two &+ (isBig ? UInt32(bigEndian: second) : UInt32(littleEndian: second)) &+ one
            }
            return (one, two)
        }
    }

    private static func matches(_ sum: (UInt32, UInt32), _ bytes: [UInt8], _ offset: Int) -> Bool {
        number(bytes, offset, 4) == Int(sum.0) && number(bytes, offset + 4, 4) == Int(sum.1)
    }

    private static func read(_ descriptor: Int32, _ count: Int, at offset: Int, isWhole: Bool = true) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        let found = pread(descriptor, &bytes, count, off_t(offset))
        return found == count || (found > 0 && !isWhole) ? bytes : nil
    }

    /// Big-endian.
    static func number(_ bytes: [UInt8], _ offset: Int, _ count: Int) -> Int {
        bytes[offset..<offset + count].reduce(0) { $0 << 8 | Int($1) }
    }
}
