package import Domain
import FoundationEssentials
import FoundationInternationalization
import Synchronization

/// The zones of the IANA database by the library that is loaded anyway (record 0030), each as a table of some years.
package final class ZoneTables: Sendable {
    package static let shared = ZoneTables()

    /// What is asked for lies within so long; a table is made anew when it does not.
    package static let reach = Duration.seconds(400 * 86_400)
    private static let before = Duration.seconds(400 * 86_400)
    private static let after = Duration.seconds(900 * 86_400)
    /// More zones than there are, and less than anybody could fill up with invented names.
    private static let tablesMax = 1000

    private let tables = Mutex<[String: ZoneTable]>([:])

    package init() {}

    /// The zone around an instant; nil when there is none of that name. A table takes 0.5 ms to make and is kept.
    package func table(_ name: String, at instant: Instant) -> ZoneTable? {
        if let known = tables.withLock({ $0[name] }), known.covers(instant, for: Self.reach) { return known }
        guard let zone = TimeZone(identifier: name) else { return nil }
        let table = ZoneTable(
            name: name,
            from: (instant - Self.before).seconds,
            to: (instant + Self.after).seconds
        ) { Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double($0)))) }
        tables.withLock { tables in
            if tables.count >= Self.tablesMax { tables.removeAll() }
            tables[name] = table
        }
        return table
    }

    /// The zone of a school, by its department; Paris for none. UTC where the library has no zones at all.
    package func table(ofSchool uai: String?, at instant: Instant) -> ZoneTable {
        table(SchoolZone.name(uai: uai), at: instant)
            ?? ZoneTable(name: "UTC", spans: [.init(from: .min, offset: 0)], end: .max)
    }
}
