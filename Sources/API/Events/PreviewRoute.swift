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
        guard let forecaster = services.forecaster else { throw Problem(.notBuilt, "Nothing here makes forecasts.") }
        guard case .one(let parsed) = submission else {
            throw Problem(.invalidParameter, "A preview is of one event, not of a batch.")
        }
        do throws(IntakeError) {
            let event = try await services.intake.prepare(Submission(parsed), from: publisher)
            let preview = Preview(
                publisher: event.publisher,
                publication: event.publication,
                dataClass: event.dataClass,
                at: event.acceptedAt,
                expiresAt: event.expiresAt,
                unresolved: event.unresolved
            )
            let forecast: Forecast
            let newer: EventID?
            do throws(StoreError) {
                newer = try await services.queueReader.read { reader in
                    try reader.newerRevision(than: event.publication, of: event.publisher)
                }
            } catch { throw .unavailable(error) }
            if let newer { throw .staleRevision(newer) }
            do throws(StoreError) {
                forecast = try await forecaster.forecast(preview, schools: publisher.schools, lanes: services.lanes())
            } catch { throw .unavailable(error) }
            return .json(.ok, .object(forecast.json(preview)))
        } catch { throw Problem(error, limits: services.limits) }
    }
}
