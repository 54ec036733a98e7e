import ArgumentParser
import Domain
import Settings
import Store

struct SchoolList: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Schools by UAI, with their pupils, guardians and how many of these can be rung.",
        discussion: """
            Straight from the registry, also while the service is down. The guardians of a school without devices are those One Pocket has \
            not reached yet.

            Example:
              carillon school list -o json | jq '.items[] | select(.active | not) | .school'
            """
    )

    @OptionGroup var options: GlobalOptions
    @OptionGroup var paging: ListOptions

    func run() async throws {
        let inspection = try options.inspection()
        let listing = Listing(
            id: "school",
            scope: say("schools"),
            columns: [
                .text("SCHOOL", "school"), .text("NAME", "name"), .text("ACTIVE", "active"),
                .number("PUPILS", "pupils"), .number("GUARDIANS", "guardians"),
                .number("WITH DEVICE", "guardiansWithDevice"), .time("LAST IMPORT", "lastImportAt"),
                .csv("switched"), .csv("lastImport"),
            ]
        )
        try paging.write(listing, to: options.renderer, isFiltered: false) { after, limit in
            try inspection.askRegistry { try $0.schools(after: after, limit: limit) }
                .map { Self.json($0, inspection.settings) }
        }
    }

    /// `active` is what holds for its events; `switched` whether a person has said so.
    static func json(_ summary: SchoolSummary, _ settings: Settings) -> JSONObject {
        let school = summary.school
        return JSONObject([
            "school": .string(school.uai), "name": .string(school.name),
            "active": .bool(school.isActive ?? settings.schools.areActiveByDefault),
            "switched": .bool(school.isActive != nil), "pupils": .number(summary.pupils),
            "guardians": .number(summary.guardians), "guardiansWithDevice": .number(summary.guardiansWithDevice),
            "lastImport": summary.lastImport.map { .string($0.description) } ?? .null,
            "lastImportAt": summary.lastImportAt.map { .string($0.rfc3339) } ?? .null,
        ])
    }
}
