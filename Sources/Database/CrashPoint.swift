#if DEBUG
    internal import Glibc
    internal import Synchronization
#endif

/// A place at which a debug build can be made to die, for crash tests: `CARILLON_CRASH=afterCommit:3` kills the process by SIGKILL the
/// third time it comes by. In a release build `reach` is empty and the variable is not read.
package enum CrashPoint: String, CaseIterable, Sendable {
    /// The jobs of a transaction have run, its COMMIT has not begun.
    case beforeCommit
    /// COMMIT has returned, nobody has been answered.
    case afterCommit
    /// Providers have answered, their answers are not recorded.
    case beforeRecord
    /// Pages of an expansion step are inserted, the cursor has not moved.
    case expansion
    /// Between two expansion steps of the same event.
    case betweenSteps
    /// A checkpoint is due and has not begun.
    case beforeCheckpoint
    /// A checkpoint has ended, and nothing was written since.
    case afterCheckpoint
    /// A migration's tables are changed, its number is not.
    case migration
    /// A migration is committed, the next has not begun.
    case afterMigration

    package static func reach(_ point: CrashPoint) {
        #if DEBUG
            guard let plan, plan.point == point, plan.passes.wrappingAdd(1, ordering: .relaxed).newValue == plan.nth
            else { return }
            kill(getpid(), SIGKILL)
        #endif
    }

    #if DEBUG
        private final class Plan: Sendable {
            let point: CrashPoint
            let nth: Int
            let passes = Atomic(0)

            init?(_ text: String) {
                let parts = text.split(separator: ":")
                guard parts.count == 2, let point = CrashPoint(rawValue: String(parts[0])), let nth = Int(parts[1])
                else { return nil }
                self.point = point
                self.nth = nth
            }
        }

        /// Read once: the environment of a process that serves does not change.
        private static let plan = getenv("CARILLON_CRASH").flatMap { Plan(String(cString: $0)) }
    #endif
}
