/// School holidays by zone, as a calendar file names them.
package struct HolidayCalendar: Hashable, Sendable {
    /// First and last day without school.
    package typealias Days = ClosedRange<CalendarDay>

    package struct Zone: Hashable, Sendable {
        package var name: String
        /// `42`, `2A`, `974`.
        package var departments: [String]
        package var holidays: [Days]

        package init(name: String, departments: [String], holidays: [Days]) {
            self.name = name
            self.departments = departments
            self.holidays = holidays
        }
    }

    /// Sorted and without overlap, by the first three digits of a UAI.
    private var holidays: [String: [Days]] = [:]

    package init(zones: [Zone] = []) {
        for zone in zones {
            let days = Self.united(zone.holidays)
            for department in zone.departments { holidays[Self.digits(of: department)] = days }
        }
    }

    /// Those of the zone of a school; none for a school whose department no zone names.
    package func holidays(uai: String?) -> [Days] { uai.flatMap { holidays[String($0.prefix(3))] } ?? [] }

    /// How a UAI begins: a department has three digits there, and the two of Corse numbers of their own.
    static func digits(of department: String) -> String {
        switch department.uppercased() {
        case "2A": "620"
        case "2B": "720"
        case let number: String(repeating: "0", count: max(0, 3 - number.utf8.count)) + number
        }
    }

    private static func united(_ days: [Days]) -> [Days] {
        var united: [Days] = []
        for next in days.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = united.last, next.lowerBound.daysSince1970 <= last.upperBound.daysSince1970 + 1 {
                united[united.count - 1] = last.lowerBound...max(last.upperBound, next.upperBound)
            } else {
                united.append(next)
            }
        }
        return united
    }
}
