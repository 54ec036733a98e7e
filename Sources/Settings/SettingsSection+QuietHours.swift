import Domain

/// `quietHours`: when nobody is rung.
extension SettingsSection {
    /// `isNamed`: the configuration has the section. One that has none was written before there were quiet hours: an update alone changes
    /// nobody's hours, so it rings as before, and is told.
    func quietHours(isNamed: Bool) -> QuietPolicy {
        var policy = QuietPolicy()
        policy.isEnabled = bool("enabled", default: isNamed)
        if !isNamed {
            reader.warn(
                key(),
                origin(of: "enabled"),
                "is not set: people are rung at night and on Sundays; quietHours: {} is the national pause"
            )
        }
        policy.week = pauses() ?? policy.week
        policy.withHolidays = bool("holidays", default: policy.withHolidays)
        let calendar = path("calendar", default: "calendars/france.yaml")
        // Nobody misses a file that nobody reads.
        if policy.isEnabled, policy.withHolidays || has("calendar") && InputText.exists(calendar) {
            policy.calendar =
                otherFile("calendar", path: calendar, bytesMax: CalendarFile.bytesMax, CalendarFile.read)
                ?? HolidayCalendar()
        }
        let minutes = integer("releaseSpreadMinutes", default: 15, in: 0...240, unit: "minutes")
        policy.releaseSpread = .seconds(minutes * 60)
        policy.recapFrom = integer("recapFrom", default: policy.recapFrom, in: 2...1000)
        policy.schools = section("schools").ownPauses()
        close()
        return policy
    }

    /// Schools that have pauses of their own, by UAI.
    private func ownPauses() -> [String: WeekOfMinutes] {
        var schools: [String: WeekOfMinutes] = [:]
        if memberLines.isEmpty {
            reader.record(key(), "{}", line == nil ? .defaultValue : fileOrigin(line), default: "{}")
        }
        for (name, section) in sections() {
            guard name.utf8.count == 8, name.utf8.allSatisfy({ $0 < 0x80 }),
                name.allSatisfy({ $0.isLetter || $0.isNumber })
            else {
                section.mistakeOfName("must be the UAI of a school, such as 0429901A")
                continue
            }
            if let week = section.pauses() {
                schools[SchoolCode.normal(name)] = week
            } else {
                section.missing("pauses")
            }
            section.close()
        }
        close()
        return schools
    }

    /// nil where nothing is said of them.
    private func pauses() -> WeekOfMinutes? {
        guard has("pauses") else {
            _ = list("pauses")
            return nil
        }
        var pauses: [Pause] = []
        for section in list("pauses") {
            let (from, to) = (section.text("from"), section.text("to"))
            section.close()
            guard !from.isEmpty, !to.isEmpty else { continue }
            do throws(Pause.FormatError) { pauses.append(try Pause(from: from, to: to)) } catch {
                let name = error == .from ? "from" : "to"
                section.mistake(name, value: error == .from ? from : to, error.detail)
            }
        }
        let week = WeekOfMinutes(pauses)
        if week.isAlwaysQuiet {
            mistake("pauses", value: "the whole week", "never opens: nothing would ever ring; leave some minute out")
        }
        return week
    }
}

/// Reads a calendar of school holidays.
enum CalendarFile {
    static let bytesMax = 256 * 1024

    static func read(_ bytes: [UInt8], _ reader: SettingsReader) -> HolidayCalendar {
        guard let root = SettingsSection.root(bytes, reader) else { return HolidayCalendar() }
        var zones: [HolidayCalendar.Zone] = []
        var owners: [String: String] = [:]
        for (name, section) in root.section("zones").sections() {
            let departments = section.strings("departments", default: [])
            for department in departments {
                if !isDepartment(department) {
                    section.mistake("departments", value: department, "must be departments such as \"42\", 2A, \"974\"")
                } else if let other = owners.updateValue(name, forKey: department.uppercased()) {
                    section.mistake("departments", value: department, "is in the zone \(other), too")
                }
            }
            let holidays = section.list("holidays").compactMap { $0.holiday() }
            section.close()
            zones.append(.init(name: name, departments: departments, holidays: holidays))
        }
        root.close()
        return HolidayCalendar(zones: zones)
    }

    private static func isDepartment(_ text: String) -> Bool {
        (2...3).contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
            || ["2A", "2B"].contains(text.uppercased())
    }
}

extension SettingsSection {
    fileprivate func holiday() -> HolidayCalendar.Days? {
        _ = text("name")
        let (from, to) = (calendarDay("from"), calendarDay("to"))
        close()
        guard let from, let to else { return nil }
        guard from <= to else {
            mistake("to", value: "", "must not lie before from: both are days without school")
            return nil
        }
        return from...to
    }

    private func calendarDay(_ name: String) -> CalendarDay? {
        func day(_ text: String) -> CalendarDay? {
            let parts = text.split(separator: "-", omittingEmptySubsequences: false)
            guard parts.map(\.utf8.count) == [4, 2, 2],
                parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
                let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2])
            else { return nil }
            return CalendarDay(year: year, month: month, day: day)
        }
        let text = text(name) { day($0) == nil ? "must be a day such as 2027-02-13" : nil }
        return day(text)
    }
}
