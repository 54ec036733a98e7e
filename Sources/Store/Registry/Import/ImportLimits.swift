/// What an import may take away before a person has to look at it.
package struct ImportLimits: Sendable {
    /// Share of the pupils, guardians or links of one school that may disappear at once.
    package var removedShareMax: Double
    /// Share of the records of one kind that may stand twice with different contents.
    package var duplicateShareMax = 0.01
    /// Fewer records than this hold nothing: of a family of two one is half.
    package var recordsMin = 5

    package init(isYearChange: Bool) {
        removedShareMax = isYearChange ? 0.6 : 0.3
    }
}
