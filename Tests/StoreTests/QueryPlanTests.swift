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
        for statement in QueueKeyedSQL.allCases {
            try check(connection, "\(statement)", statement.rawValue.replacing("(?*)", with: "(?, ?, ?)"))
        }
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
        for statement in RegistryKeyedSQL.allCases {
            try check(connection, "\(statement)", statement.rawValue.replacing("(?*)", with: "(?, ?, ?)"))
        }
    }

    private func check(_ connection: Connection, _ name: String, _ sql: String) throws {
        let scans = try connection.queryPlan(sql).filter { $0.hasPrefix("SCAN") }
        #expect(scans.isEmpty, "\(name)")
    }
}
