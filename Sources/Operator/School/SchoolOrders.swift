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
        try options.renderer.write(object, id: "school") {
            let already = SchoolSwitchedView(shown: object).hasChanged ? "" : "already "
            return ["\(school): \(already)\(isActive ? "active" : "not active")"]
        }
    }
}
