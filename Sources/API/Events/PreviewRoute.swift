import Contract
import Delivery
import Dialects
import Domain
import HTTPTypes
import Hummingbird
import Pipeline
import Store

/// `POST /v1/events?preview=true`: what a real post of the same bytes would reach. Nothing is stored, no identity is taken.
struct PreviewRoute {
    let services: APIServices

    func response(_ submission: EventSubmission, from publisher: Publisher) async throws -> Response {
        guard case .one(let parsed) = submission else {
            throw Problem(.invalidParameter, "A preview is of one event, not of a batch.")
        }
        let event = try await services.intake.prepare(Submission(parsed), from: publisher)
        let preview = Preview(
            publisher: event.publisher,
            publication: event.publication,
            dataClass: event.dataClass,
            at: event.acceptedAt,
            expiresAt: event.expiresAt,
            unresolved: event.unresolved,
            warnings: event.warnings
        )
        let newer = try await services.queueReader.read { reader in
            try reader.newerRevision(than: event.publication, of: event.publisher)
        }
        if let newer { throw IntakeError.staleRevision(newer) }
        let lanes = services.laneTable.value
        let forecast = try await services.forecaster.forecast(preview, schools: publisher.schools, lanes: lanes)
        return .json(.ok, forecast.view(preview))
    }
}
