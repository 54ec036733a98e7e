import DirectoryImport
import Domain
import TestSupport
import Testing

struct FuzzTests {
    /// Changed bytes, cut ends, doubled and swapped parts: every outcome is a result or a typed error.
    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `a damaged file is an answer, never a trap`(seed: UInt64) throws {
        var generator = SeededRandom(seed: seed)
        let folder = try TestFolder()
        let original = Array(
            try Sample.bytes(Sample.aaf("delta-2026-09-15/ENT42_Delta_20260915_Eleve_0000.xml")).prefix(3000)
                + Array("</ficAlimMENESR>".utf8)
        )
        var refused = 0
        for round in 0..<150 {
            let bytes = mutated(original, &generator)
            let path = try folder.write("E_Eleve_0000.xml", bytes)
            do {
                _ = try AAFReader(mode: .delta).read(try AAFDelivery(paths: [path])) { operation in
                    if case .modify(_, .pupil(let change)) = operation.action {
                        let person = PersonRecord(key: "1", lastName: "", firstName: "")
                        let pupil = PupilRecord(person: person, memberships: [], guardians: [])
                        _ = change.applied(to: pupil, on: operation.day)
                    }
                }
            } catch is DeliveryError {
                refused += 1
            } catch {
                Issue.record("seed \(seed), round \(round): \(error)")
            }
        }
        #expect(refused > 0)
    }

    @Test(arguments: [5, 6] as [UInt64])
    func `a damaged line is an answer, never a trap`(seed: UInt64) throws {
        var generator = SeededRandom(seed: seed)
        let original = Array(try Sample.bytes(Sample.folder + "/directory/users.ndjson").prefix(600))
        for round in 0..<300 {
            let source = Pieces(mutated(original, &generator), pieceBytes: 100)
            do {
                _ = try UserNDJSONReader(file: "u").read(from: source.fill) { _ in }
            } catch is DeliveryError {
            } catch {
                Issue.record("seed \(seed), round \(round): \(error)")
            }
        }
    }

    func mutated(_ bytes: [UInt8], _ generator: inout SeededRandom) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            guard bytes.count > 8 else { return bytes }
            let place = Int.random(in: 0..<bytes.count - 4, using: &generator)
            let end = min(bytes.count, place + Int.random(in: 1...40, using: &generator))
            switch Int.random(in: 0..<6, using: &generator) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
            case 1: bytes.removeSubrange(place..<end)
            case 2: bytes.insert(contentsOf: bytes[place..<end], at: place)
            case 3: bytes.removeLast(min(bytes.count, Int.random(in: 1...200, using: &generator)))
            case 4: bytes.insert(contentsOf: Array("$&<>\"'$".utf8), at: place)
            default: bytes.insert(contentsOf: Array("<value>$$$$</value>".utf8), at: place)
            }
        }
        return bytes
    }
}
