import DirectoryImport
import Domain
import Glibc
import Testing

/// The sample set beside the test targets.
enum Sample {
    static let folder: String = {
        let parts = #filePath.split(separator: "/").dropLast(2)
        return "/" + parts.joined(separator: "/") + "/SampleData/saint-etienne"
    }()

    static func aaf(_ name: String) -> String { folder + "/aaf1d/" + name }

    static func json(_ path: String) throws -> JSONValue { try JSONParser.parse(try bytes(folder + "/" + path)) }

    static func bytes(_ path: String) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        var status = stat()
        fstat(descriptor, &status)
        let size = status.st_size
        var bytes = [UInt8](repeating: 0, count: size)
        let count = read(descriptor, &bytes, size)
        try #require(count == size)
        return bytes
    }
}

/// A folder that goes away with its content.
final class TestFolder {
    let path: String

    init() throws {
        let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(base)/carillon-test-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        for name in names { unlink(path + "/" + name) }
        rmdir(path)
    }

    var names: [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    func remove(_ name: String) throws { try #require(unlink(path + "/" + name) == 0) }

    @discardableResult
    func write(_ name: String, _ bytes: some Collection<UInt8>) throws -> String {
        let file = path + "/" + name
        let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        let array = Array(bytes)
        try #require(Glibc.write(descriptor, array, array.count) == array.count)
        return file
    }

    @discardableResult
    func write(_ name: String, _ text: String) throws -> String { try write(name, text.utf8) }
}

/// Gives bytes out in pieces.
final class Pieces {
    private var rest: ArraySlice<UInt8>
    private let pieceBytes: Int

    init(_ bytes: some Collection<UInt8>, pieceBytes: Int = 64 * 1024) {
        rest = Array(bytes)[...]
        self.pieceBytes = pieceBytes
    }

    func fill(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        let piece = rest.prefix(min(pieceBytes, buffer.count))
        buffer.copyBytes(from: piece)
        rest = rest.dropFirst(piece.count)
        return piece.count
    }
}

/// Everything an export says, as the store would keep it.
struct Directory {
    var schools: [String: SchoolRecord] = [:]
    var pupils: [String: PupilRecord] = [:]
    var relatives: [String: PersonRecord] = [:]
    var staff: [String: PersonRecord] = [:]
    /// Modifications and removals of what was not there.
    var unknown: [String] = []

    mutating func take(_ operation: AAFOperation) {
        switch operation.action {
        case .add(.school(let school)): schools[school.key] = school
        case .add(.pupil(let pupil)): pupils[pupil.person.key] = pupil
        case .add(.guardian(let person)): relatives[person.key] = person
        case .add(.staff(let person)): staff[person.key] = person
        case .add(.user): break
        case .modify(let key, .school(let change)): modify(\.schools, key) { change.applied(to: $0) }
        case .modify(let key, .pupil(let change)):
            modify(\.pupils, key) { change.applied(to: $0, on: operation.day) }
        case .modify(let key, .relative(let change)): modify(\.relatives, key) { change.applied(to: $0) }
        case .modify(let key, .staff(let change)): modify(\.staff, key) { change.applied(to: $0) }
        case .remove(let category, let key):
            let removed =
                switch category {
                case .school: schools.removeValue(forKey: key) != nil
                case .pupil: pupils.removeValue(forKey: key) != nil
                case .relative: relatives.removeValue(forKey: key) != nil
                case .staff: staff.removeValue(forKey: key) != nil
                }
            if !removed { unknown.append(key) }
        }
    }

    private mutating func modify<Record>(
        _ list: WritableKeyPath<Directory, [String: Record]>,
        _ key: String,
        _ change: (Record) -> Record
    ) {
        guard let record = self[keyPath: list][key] else { return unknown.append(key) }
        self[keyPath: list][key] = change(record)
    }

    @discardableResult
    mutating func read(_ folder: String, mode: AAFMode) throws -> AAFSummary {
        try AAFReader(mode: mode).read(try AAFExport(paths: [folder])) { take($0) }
    }

    static func afterComplete() throws -> Directory {
        var directory = Directory()
        try directory.read(Sample.aaf("complet-2026-09-01"), mode: .complete)
        return directory
    }

    static func afterDelta() throws -> Directory {
        var directory = try afterComplete()
        try directory.read(Sample.aaf("delta-2026-09-15"), mode: .delta)
        return directory
    }
}
