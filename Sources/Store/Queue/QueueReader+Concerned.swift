import Database
package import Domain

extension QueueReader {
    /// Whom one step of an event's expansion concerns; empty when there is no such step. Primary key.
    package func concerned(of event: EventID, part: Int) throws -> RowResult<ConcernedPersons> {
        try connection.first(QueueSQL.concernedOfPart.rawValue, event.rawValue, part) { row in
            try row.result(.event, event.rawValue) { row in
                try row.withBlob(0) { try ConcernedPersons(decoding: $0) }
            }
        } ?? .success(ConcernedPersons(entries: []))
    }
}
