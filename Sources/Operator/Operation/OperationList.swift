import ArgumentParser
import Contract
import Domain
import Pipeline
import Store

struct OperationList: AnsweringCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Orders, the newest first.",
        discussion: """
            Example:
              carillon operation list -o json | jq '.items[] | select(.state == "running")'
            """
    )

    @OptionGroup var options: GlobalOptions
    @OptionGroup var paging: ListOptions

    func run() async throws {
        let inspection = try options.inspection()
        let listing = Listing(
            id: "operation",
            scope: say("operations"),
            columns: [
                .text("OPERATION", "operation"), .time("AT", "at"), .text("ACTOR", "actor"), .text("VERB", "verb"),
                .text("FILTER", "filter").optional, .number("MATCHED", "matched"), .number("CHANGED", "changed"),
                .state("STATE", "state"), .text("WHY", "why").optional, .csv("eligible"), .csv("endedAt"),
            ]
        )
        try paging.write(listing, to: options.renderer, isFiltered: false) { after, limit in
            let before = try after.map(Self.number)
            return try inspection.ask { try $0.operations(before: before, limit: limit) }
                .map { inspection.naming($0).view.object }
        }
    }

    static func number(_ text: String) throws -> Int64 {
        guard let id = OperationName.number(text) else {
            throw OperatorError(.usage, say("\(text) is no operation: O-17"))
        }
        return id
    }
}

extension Inspection {
    /// Entries of earlier versions have a lane's number in their filter; people know its name. They are sealed: it is put there as they are shown.
    func naming(_ operation: StoredOperation) -> StoredOperation {
        let prefix = "lane="
        guard operation.verb.hasPrefix("lane."), operation.filter.hasPrefix(prefix) else { return operation }
        let digits = operation.filter.dropFirst(prefix.count).prefix { $0.isNumber }
        guard let number = Int32(digits), let name = laneName(LaneID(rawValue: number)) else { return operation }
        var named = operation
        named.filter = prefix + name + operation.filter.dropFirst(prefix.count + digits.count)
        return named
    }
}
