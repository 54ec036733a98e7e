import Cryptography
import Domain
import Glibc
import Store

/// Puts schools into a registry: the way a directory delivery and the phones themselves would, only without HTTP.
///
///     BenchSeed FOLDER KEY_ID:BASE64 SCHOOL…    adds them; a SCHOOL is UAI:PREFIX:GUARDIANS:apns, :fcm or :webpush=PORT
///     BenchSeed FOLDER audience UAI             reads the audience of a school 1,000 times; microseconds
///
/// FOLDER exists and no gateway works in it; the key is that of the gateway's storage.keyFile. Each school has classes of 30 pupils with two
/// guardians each, and each guardian one account and one device. The prefix begins every id of a school, so that none meets another's.
@main
struct BenchSeed {
    static func main() async throws {
        let words = Array(CommandLine.arguments.dropFirst())
        if words.count == 3, words[1] == "audience" { return try readAudience(folder: words[0], uai: words[2]) }
        let schools = words.dropFirst(2).map { (text: $0, school: School($0)) }
        guard schools.count >= 1, let colon = words[1].firstIndex(of: ":"),
            let key = Base64.decode(words[1][words[1].index(after: colon)...])
        else { end("BenchSeed FOLDER KEY_ID:BASE64 UAI:PREFIX:GUARDIANS:apns|fcm|webpush=PORT …") }
        let registry = try SQLiteStores(folder: words[0]).openRegistry(
            keys: [.init(id: String(words[1][..<colon]), key: SymmetricKey(data: key))],
            newKey: (0..<32).map { _ in UInt8.random(in: .min ... .max) },
            onFatal: { end("\($0)") }
        )
        var devices = 0
        for (text, school) in schools {
            guard let school else { end("BenchSeed: not a school: \(text)") }
            try await school.importDirectory(into: registry, now: now())
            try await school.importAccounts(into: registry, now: now())
            try await school.registerDevices(in: registry, now: now())
            devices += school.guardians
        }
        await registry.close()
        print("\(schools.count) schools, \(devices) guardians with a device each")
    }

    private static func readAudience(folder: String, uai: String) throws {
        let reader = try SQLiteStores(folder: folder).registryReader(seal: nil)
        var persons = 0
        let times = try (0..<1000).map { _ in
            let begin = ContinuousClock.now
            persons = try reader.snapshot { reader in
                var reading = try reader.audienceReading(of: [.school(uai)], on: { _ in day(of: now()) }, author: nil)
                var persons = 0
                while !reading.isAtEnd { persons += try reading.next(max: 4096, from: reader).count }
                return persons
            }
            return (ContinuousClock.now - begin).components.attoseconds / 1_000_000_000_000
        }.sorted()
        print("{\"persons\":\(persons),\"p50\":\(times[500]),\"p99\":\(times[989])}")
    }

    private static func now() -> Instant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(milliseconds: Int64(time.tv_sec) * 1000)
    }

    static func day(of now: Instant) -> CalendarDay {
        CalendarDay(daysSince1970: Int32(now.milliseconds / 86_400_000))
    }
}

func end(_ text: String) -> Never {
    print(text)
    exit(2)
}
