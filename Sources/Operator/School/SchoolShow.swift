import ArgumentParser
import Domain
import Store

struct SchoolShow: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "One school.",
        discussion: """
            Example:
              carillon school show 0429901A
            """
    )

    @OptionGroup var options: GlobalOptions

    @Argument(help: "Its UAI.")
    var school: String

    func run() async throws {
        let inspection = try options.inspection()
        guard
            let summary = try inspection.askRegistry({ try $0.schools(uai: school, after: nil, limit: 1) }).first
        else {
            throw OperatorError(.nothing, say("there is no school \(school)"), next: "carillon school list")
        }
        let object = SchoolList.json(summary, inspection.settings)
        let now = options.renderer.now
        try options.renderer.write(object, id: "school") {
            let isActive = object["active"] == true
            let origin = summary.school.isActive == nil ? "schools.activeByDefault" : say("an operator said so")
            let last = summary.lastImportAt.map { RelativeTime.text($0, now: now) } ?? say("never")
            return [
                "\(summary.school.uai) \(summary.school.name)",
                isActive
                    ? say("active       yes (\(origin))")
                    : say("active       no: its events are accepted and withheld (\(origin))"),
                say("pupils       \(summary.pupils)"),
                say("guardians    \(summary.guardians), with a device \(summary.guardiansWithDevice)"),
                say("last import  \(last)") + (summary.lastImport.map { ", \($0)" } ?? ""),
            ]
        }
    }
}
