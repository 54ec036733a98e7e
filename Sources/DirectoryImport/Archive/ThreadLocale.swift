import Glibc

/// The character set of this thread, changed for a while: libarchive turns the names of a zip or of pax headers into that of the locale, and
/// in the C locale a name with an accent has none.
enum ThreadLocale {
    /// Runs `body` with UTF-8; as it is where the system has no such locale.
    static func withUTF8<Result>(_ body: () throws(ExportError) -> Result) throws(ExportError) -> Result {
        // LC_CTYPE_MASK [locale.h], a macro that is not imported.
        guard let locale = newlocale(1 << Int32(LC_CTYPE), "C.UTF-8", nil) else { return try body() }
        let before = uselocale(locale)
        defer {
            uselocale(before)
            freelocale(locale)
        }
        return try body()
    }
}
