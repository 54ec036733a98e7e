package import Domain

/// A school with what the directory has of it.
package struct SchoolSummary: Hashable, Sendable {
    package var school: StoredSchool
    /// Members, whatever their dates.
    package var pupils: Int
    /// Their guardians, each once.
    package var guardians: Int
    /// With a device that is rung: neither suspect nor disabled.
    package var guardiansWithDevice: Int
    /// The newest applied export of the school's feed; nil for a school that no export brought.
    package var lastImport: ImportID?
    package var lastImportAt: Instant?
}
