import DirectoryImport
import Domain
import Testing

struct PupilChangeTests {
    let september = CalendarDay(daysSince1970: 20_000)
    let october = CalendarDay(daysSince1970: 20_030)
    let today = CalendarDay(daysSince1970: 20_015)

    func schoolClass(_ key: String, name: String = "") -> PupilRecord.Membership.Place {
        .schoolClass(key: key, school: "4001", name: name)
    }

    func pupil(_ memberships: [PupilRecord.Membership]) -> PupilRecord {
        PupilRecord(
            person: PersonRecord(key: "1", lastName: "N", firstName: "P"),
            memberships: memberships,
            guardians: [.init(key: "g", raw: "")]
        )
    }

    @Test func `classes replaced without dates keep, begin on the day, or go`() {
        let before = pupil([
            .init(place: .school(key: "4001"), from: september),
            .init(place: schoolClass("7"), from: september, to: october),
            .init(place: schoolClass("8"), from: september),
        ])
        var change = PupilChange.none
        change.classes = [schoolClass("7", name: "new name"), schoolClass("9")]
        #expect(
            change.applied(to: before, on: today).memberships == [
                .init(place: .school(key: "4001"), from: september),
                .init(place: schoolClass("7", name: "new name"), from: september, to: october),
                .init(place: schoolClass("9"), from: today),
            ]
        )
    }

    @Test func `dates replaced alone change no class`() {
        let before = pupil([.init(place: schoolClass("7"), from: september, to: october)])
        var change = PupilChange.none
        change.classExits = [:]
        change.classEntries = ["7": today, "8": today]
        #expect(change.applied(to: before, on: october).memberships == [.init(place: schoolClass("7"), from: today)])
    }

    @Test func `school dates are set, cleared and left alone`() {
        let before = pupil([.init(place: .school(key: "4001"), from: september, to: october)])
        var change = PupilChange.none
        change.schoolEntry = .set(today)
        change.schoolExit = .cleared
        #expect(change.applied(to: before, on: nil).memberships == [.init(place: .school(key: "4001"), from: today)])
        #expect(PupilChange.none.applied(to: before, on: today) == before)
    }
}
