/// What every engine promises, said in a sentence and checked in a place that is empty before.
package struct StoreCase: Sendable, CustomStringConvertible {
    package let description: String
    package let check: @Sendable (StorePlace) async throws -> Void

    init(_ sentence: String, _ check: @escaping @Sendable (StorePlace) async throws -> Void) {
        description = sentence
        self.check = check
    }

    /// Room by room.
    package static let all = queue + orders + registry + SnapshotCases.all

    private static let queue = [
        OpeningCases.all, LaneCases.all, AcceptCases.all, IdentityCases.all, StepCases.all, ExpansionCases.all,
        RecordCases.all, QuietCases.all,
        MergeCases.all, CallbackCases.all, PruneCases.all, ForgetCases.all, DamageCases.all, ResendCases.all,
    ].flatMap { $0 }

    private static let orders = [AuditCases.all, SealCases.all, ListCases.all, PersonCases.all, ScanCases.all].flatMap {
        $0
    }

    private static let registry = [
        TextCases.all, PhoneCases.all, FeedCases.all, ReadingCases.all, DeltaCases.all, ImportCases.all, KeyCases.all,
        PersonalCases.all,
    ].flatMap { $0 }
}
