import Database
import Domain
import SQLite
import Store
import StoreConformance
import Testing

/// Statements that run for each event, page, delivery or registration read by index only.
@Suite(.timeLimit(.minutes(1)))
struct QueryPlanTests {
    @Test func `no hot statement of the queue scans a table`() async throws {
        let folder = try TestFolder()
        try await folder.queue { _ in }
        let connection = try folder.intruder()
        for statement in QueueSQL.allCases { try check(connection, "\(statement)", statement.rawValue) }
    }

    @Test func `a look beside the service scans and sorts no table`() async throws {
        let folder = try TestFolder()
        try await folder.queue { _ in }
        let connection = try folder.intruder()
        for statement in InspectionSQL.allCases {
            try check(connection, "\(statement)", statement.rawValue)
            let plan = try connection.queryPlan(statement.rawValue)
            #expect(!plan.contains { $0.contains("TEMP B-TREE") }, "\(statement)")
        }
    }

    @Test func `no hot statement of the registry scans a table`() async throws {
        let folder = try TestFolder()
        try await folder.registry { _ in }
        let connection = try folder.intruder("registry.db")
        for statement in RegistrySQL.allCases { try check(connection, "\(statement)", statement.rawValue) }
    }

    private func check(_ connection: Connection, _ name: String, _ sql: String) throws {
        // The ids bound to a statement are a table of their own.
        let scans = try connection.queryPlan(sql).filter { $0.hasPrefix("SCAN") && !$0.hasPrefix("SCAN json_each") }
        #expect(scans.isEmpty, "\(name)")
    }
}
