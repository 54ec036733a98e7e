import ArgumentParser
import Contract
import Domain

/// Switching a school.
struct SchoolOrder: ParsableArguments {
    @Argument(help: "The school's UAI.")
    var school: String

    @Option(help: "A reason, for those who come after.")
    var why: String?

    @OptionGroup var offline: OfflineOption

    func validate() throws { if let why { try WhyText.check(why) } }

    func run(isActive: Bool, _ options: GlobalOptions) async throws {
        let object = try await options.give(
            "/admin/schools/\(AdminRequest.escape(school))/\(isActive ? "activate" : "deactivate")",
            OrderView(why: why ?? ""),
            about: "school \(school)",
            offline
        )
        let said =
            switch (SchoolSwitchedView(shown: object).hasChanged, isActive) {
            case (true, true): say("\(school): active")
            case (true, false): say("\(school): not active")
            case (false, true): say("\(school): already active")
            case (false, false): say("\(school): already not active")
            }
        try options.renderer.write(object, id: "school") { [said] }
    }
}
