// Makes the registry of two large schools and an ordinary one: the way a directory delivery and the phones themselves would, only without HTTP.
//
//   BenchSeed FOLDER KEY_ID:BASE64 GUARDIANS
//   BenchSeed FOLDER audience UAI             reads the audience of a school 1,000 times; microseconds
//
// FOLDER exists and no gateway works in it; the key is that of the gateway's storage.keyFile. Each school has classes of 30 pupils with
// two guardians each, and each guardian one phone: school 0420001A rings through APNs, 0420002B through FCM (at most 100,000 guardians), and
// 0420003C, of 400 guardians, through APNs.

import Cryptography
import Domain
import Glibc
import Providers
import Store

struct School {
    var uai: String
    var letter: String
    var guardians: Int
    var target: (Int) -> Target
}

let words = CommandLine.arguments
if words.count == 4, words[2] == "audience" {
    let reader = try SQLiteStores(folder: words[1]).registryReader(seal: nil)
    var persons = 0
    let times = try (0..<1000).map { _ in
        let begin = ContinuousClock.now
        persons = try reader.audience(of: [.school(words[3])], on: { _ in today() }, author: nil).persons.count
        return (ContinuousClock.now - begin).components.attoseconds / 1_000_000_000_000
    }.sorted()
    print("{\"persons\":\(persons),\"p50\":\(times[500]),\"p99\":\(times[989])}")
    exit(0)
}
guard words.count == 4, let guardians = Int(words[3]), guardians >= 2,
    let colon = words[2].firstIndex(of: ":"), let key = Base64.decode(words[2][words[2].index(after: colon)...])
else {
    print("BenchSeed FOLDER KEY_ID:BASE64 GUARDIANS")
    exit(2)
}

func digits(_ number: Int, _ count: Int) -> String {
    let text = String(UInt64(truncatingIfNeeded: number) &* 0x9e37_79b9_7f4a_7c15, radix: 16)
    return String(repeating: text, count: count / text.utf8.count + 1).prefix(count - 8) + padded(number)
}

func today() -> CalendarDay {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return CalendarDay(daysSince1970: Int32(time.tv_sec / 86_400))
}

func padded(_ number: Int) -> String {
    let text = String(number, radix: 16)
    return String(repeating: "0", count: 8 - text.utf8.count) + text
}

let schools = [
    School(uai: "0420001A", letter: "a", guardians: guardians) { .apns(digits($0, 64)) },
    School(uai: "0420002B", letter: "f", guardians: min(guardians, 100_000)) { .fcmToken("cBench" + digits($0, 150)) },
    School(uai: "0420003C", letter: "s", guardians: 400) { .apns(digits(1 << 28 + $0, 64)) },
]
var time = timespec()
clock_gettime(CLOCK_REALTIME, &time)
let now = Instant(milliseconds: Int64(time.tv_sec) * 1000)
let registry = try SQLiteStores(folder: words[1]).openRegistry(
    keys: [.init(id: String(words[2][..<colon]), key: SymmetricKey(data: key))],
    newKey: (0..<32).map { _ in UInt8.random(in: .min ... .max) },
    onFatal: {
        print($0); exit(1)
    }
)

func put(_ records: [DirectoryRecord]) -> [DirectoryChange] { records.map { DirectoryChange(.put($0)) } }
let staged = try await registry.beginImport(ImportOrigin(format: "bench", mode: "complete"), scope: .feed)
for school in schools {
    let record = SchoolRecord(key: school.letter, uai: school.uai, name: "School \(school.letter)")
    _ = try await registry.stage(put([.school(record)]), of: staged)
    for first in stride(from: 0, to: school.guardians, by: 2000) {
        var records: [DirectoryRecord] = []
        for number in stride(from: first, to: min(first + 2000, school.guardians - 1), by: 2) {
            let pupil = number / 2
            let parents = [number, number + 1].map { "\(school.letter)-g\($0)" }
            for parent in parents {
                records.append(.guardian(.init(key: parent, lastName: "Parent", firstName: parent)))
            }
            records.append(
                .pupil(
                    .init(
                        person: .init(key: "\(school.letter)-p\(pupil)", lastName: "Pupil", firstName: "\(pupil)"),
                        memberships: [
                            .init(place: .school(key: school.letter)),
                            .init(
                                place: .schoolClass(
                                    key: "\(school.letter)-c\(pupil / 30)",
                                    school: school.letter,
                                    name: "Class \(pupil / 30)"
                                )
                            ),
                        ],
                        guardians: parents.map { .init(key: $0, raw: "") }
                    )
                )
            )
        }
        _ = try await registry.stage(put(records), of: staged)
    }
}
let report = try await registry.finishImport(
    staged,
    limits: ImportLimits(isYearChange: false),
    dryRun: false,
    warnings: [],
    warningsTotal: 0,
    day: CalendarDay(daysSince1970: Int32(now.milliseconds / 86_400_000)),
    now: now
)
guard report.diff.guardians.added > 0 else {
    print("nothing was imported: \(report)")
    exit(1)
}
let accounts = try await registry.beginImport(ImportOrigin(format: "bench", mode: "delta"), scope: .changes)
for school in schools {
    let users = (0..<school.guardians).map {
        UserRecord(
            id: "user-\(school.letter)-\($0)",
            externalKey: "\(school.letter)-g\($0)",
            profile: .relative,
            locale: nil
        )
    }
    _ = try await registry.stage(users.map { DirectoryChange(.putUser($0)) }, of: accounts)
}
_ = try await registry.finishImport(
    accounts,
    limits: ImportLimits(isYearChange: false),
    dryRun: false,
    warnings: [],
    warningsTotal: 0,
    day: CalendarDay(daysSince1970: Int32(now.milliseconds / 86_400_000)),
    now: now
)
for school in schools {
    for first in stride(from: 0, to: school.guardians, by: 1000) {
        // A thousand at once share a commit.
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in first..<min(first + 1000, school.guardians) {
                let device = Registration(
                    installation: "\(school.letter)-phone-\(number)",
                    target: school.target(number),
                    environment: .production,
                    app: "onepocket",
                    platform: nil,
                    locale: "fr"
                )
                let account = Account(userID: "user-\(school.letter)-\(number)", externalKey: nil)
                group.addTask { _ = try await registry.register(device, for: account, limits: Limits(), now: now) }
            }
            try await group.waitForAll()
        }
    }
}
await registry.close()
print("\(report.diff.guardians.added) guardians, \(schools.reduce(0) { $0 + $1.guardians }) devices")
