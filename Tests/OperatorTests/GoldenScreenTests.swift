import Domain
import Providers
import Store
import Testing

/// The screens as people see them, whole, at a fixed time.
@Suite(.timeLimit(.minutes(1)))
struct GoldenScreenTests {
    let fixture: OperatorFixture

    /// Beside the fixture's event an older one on a paused lane: pending, dead and rejected deliveries.
    init() async throws {
        fixture = try OperatorFixture()
        try await fixture.fillStore()
        let now = OperatorFixture.now
        try await fixture.queue { queue in
            let lane = try await queue.lane(named: "apns/onepocket", provider: .apns, now: now + .seconds(-3600))
            try await queue.setMode(
                .paused,
                of: lane.id,
                actor: "lea",
                why: "certificate rollover",
                now: now + .seconds(-300)
            )
            try await fill(queue, lane.id, at: now + .seconds(-700))
        }
    }

    private func fill(_ queue: QueueStore, _ lane: LaneID, at made: Instant) async throws {
        let publication = Publication(
            app: "MESSAGERIE",
            action: "SEND-MESSAGE",
            school: "0750001B",
            audience: [.user("guardian-1")],
            title: "Titre",
            body: "Texte"
        )
        let accepted = try await queue.accept(
            NewEvent(
                publisher: "two",
                publication: publication,
                dataClass: .clear,
                acceptedAt: made,
                expiresAt: made + .seconds(7200),
                identity: [UInt8](repeating: 3, count: 32),
                bodyHash: [UInt8](repeating: 4, count: 32),
                identityWindow: .seconds(60),
                unresolved: []
            )
        )
        guard case .created(let event, _) = accepted else { return }
        let slots = (1...4).map { Plan.Slot(person: PersonID(rawValue: 1), device: DeviceID(rawValue: $0)) }
        let step = ExpansionStep(
            event: event,
            part: 0,
            pages: [NewPage(lane: lane, tag: 0, plan: Plan(slots: slots), result: PageResult(count: 4))],
            concerned: ConcernedPersons(entries: [.init(person: PersonID(rawValue: 1), role: .guardian, through: [])]),
            cursor: 1,
            isLast: true,
            expiresAt: made + .seconds(7200),
            pupils: 1,
            unknownUsers: []
        )
        guard let page = try await queue.append([step], now: made)[0].get()?.first?.page else { return }
        func failed(_ slot: Int, _ result: SlotResult, _ status: Int, _ reason: String, tries: Int) -> Outcome {
            Outcome(
                page: page,
                slot: slot,
                result: result,
                attempts: tries,
                attempt: .init(at: made + .seconds(60), milliseconds: 188, status: status, reason: reason)
            )
        }
        try await queue.record(
            [
                failed(0, SlotResult(.dead, reason: .dead), 503, "ServiceUnavailable", tries: 8),
                failed(1, SlotResult(.rejected, reason: .tokenGone), 410, "Unregistered", tries: 1),
            ],
            now: made + .seconds(60)
        )
    }

    private func screen(_ arguments: String...) async -> String {
        await fixture.run(arguments, columns: 118, environment: ["NO_COLOR": "1"]).output
    }

    @Test func `queue status`() async {
        // Sizes and disks differ.
        let lines = await screen("queue", "status").split(separator: "\n").filter { !$0.hasPrefix("store  ") }
        #expect(
            lines.joined(separator: "\n") == """
                carillon · 2026-09-21T14:13:20Z · store
                service   does not answer on its admin socket: what is in flight is not known
                waiting   pending 2   deferred 1   dead 1   oldest 11 min
                events    scheduled 0   accepted 0   expanding 0   sending 2   doneToday 0   held 0
                LANE            STATE   SINCE  WINDOW  IN FLIGHT  PENDING  DEFERRED  DEAD  OLDEST  UNTIL  REASON
                apns/onepocket  paused  5 min       -          -        2         0     1  11 min  -      by lea: certificate rollover
                fcm/onepocket   active  0 s         -          -        0         1     0       -  -      -
                ! the service does not answer: nothing moves until it runs; try: carillon doctor
                ! apns/onepocket: stopped by an operator for 5 min; try: carillon lane resume apns/onepocket
                ! 1 dead letter, the newest 10 min ago; try: carillon dead list --by reason
                """
        )
    }

    @Test func `queue shape`() async {
        #expect(
            await screen("queue", "shape", "--by", "school") == """
                deliveries by school and age, still to do · 2026-09-21T14:13:20Z · store
                SCHOOL    T  5s  10s  20s  40s  80s  160s  320s  10m40  21m20  >
                TOTAL     3   1    0    0    0    0     0     0      0      2  0
                0750001B  2   0    0    0    0    0     0     0      0      2  0
                0429901A  1   1    0    0    0    0     0     0      0      0  0

                """
        )
    }

    @Test func `queue list`() async {
        #expect(
            await screen("queue", "list", "--state", "pending,deferred,dead", "--sort", "age") == """
                deliveries, state pending,deferred,dead, by age · 2026-09-21T14:13:20Z · store
                DELIVERY  EVENT            USER        DEVICE   LANE            STATE     REASON    TRIES  NEXT     MADE        HTTP
                D-300     E-1M3250V000001  guardian-1  phone-1  apns/onepocket  dead      dead          8  -        11 min ago  503
                D-302     E-1M3250V000001  guardian-1  -        apns/onepocket  pending   -             0  -        11 min ago  -
                D-303     E-1M3250V000001  guardian-1  -        apns/onepocket  pending   -             0  -        11 min ago  -
                D-101     E-1M3250V000000  -           -        fcm/onepocket   deferred  retrying      1  in 90 s  0 s ago     503
                4 in all

                """
        )
    }

    @Test func `queue show`() async {
        #expect(
            await screen("queue", "show", "D-300") == """
                delivery D-300 · 2026-09-21T14:13:20Z · store
                  state     dead, attempt 8 of 8
                  event     E-1M3250V000001 MESSAGERIE.SEND-MESSAGE, school 0750001B
                  to        user guardian-1, device phone-1 (android, app onepocket, token …abcd, active, seen 0 s ago)
                  lane      apns/onepocket
                timeline
                  2026-09-21T14:01:40Z      event accepted from two
                  2026-09-21T14:01:40Z      delivery made for lane apns/onepocket
                  2026-09-21T14:02:40Z      attempt 8  188 ms  503 ServiceUnavailable -> dead
                  2026-09-21T14:02:40Z      dead

                """
        )
    }

    @Test func `queue why`() async {
        #expect(
            await screen("queue", "why", "D-302") == """
                D-302 · 2026-09-21T14:13:20Z · store
                It has not been tried yet.
                All deliveries of the event are made and being sent.
                Lane apns/onepocket was stopped by an operator for 5 min (by lea: certificate rollover). Try: carillon lane resume
                  apns/onepocket.
                It expires in 108 min (2026-09-21T16:01:40Z).

                """
        )
    }

    @Test func `event trace`() async {
        #expect(
            await screen("event", "trace", "E-1M3250V000001") == """
                E-1M3250V000001 MESSAGERIE SEND-MESSAGE · 2026-09-21T14:13:20Z · store
                  state               sending
                  guardians           total 1   reached 0   waiting 1   notReached 0
                  pupils              total 1   withReachedGuardian 0   withAllGuardiansReached 0   withoutGuardian 0
                  deliveries          total 4   accepted 0   pending 2   deferred 0   rejected 2   expired 0   withheld 0
                  waiting             laneClosed 1
                  notReached          -

                LANE            DELIVERIES  ACCEPTED  PENDING  DEFERRED  REJECTED  EXPIRED  DEAD  DROPPED  GONE  P50  P99
                apns/onepocket           4         0        2         0         1        0     1        0     1    -    -

                USER        GUARDIAN  THROUGH  STATE    REASON      DEVICES
                guardian-1  -                  waiting  laneClosed  phone-1 apns/onepocket dead dead; apns/onepocket rejected tokenGo…

                """
        )
    }

    @Test func `user trace`() async {
        #expect(
            await screen("user", "trace", "guardian-1") == """
                events for user guardian-1 since 2026-09-14T14:13:20Z · 2026-09-21T14:13:20Z · store
                devices  phone-1 fcm active, seen 0 s ago
                events   reached 1   waiting 1   notReached 0

                ACCEPTED    EVENT            APP         STATE    REASON      DEVICES
                11 min ago  E-1M3250V000001  MESSAGERIE  waiting  laneClosed  phone-1 apns/onepocket dead ServiceUnavailable; apns/on…
                0 s ago     E-1M3250V000000  BLOG        reached  -           phone-1 fcm/onepocket accepted

                """
        )
    }

    @Test func `dead list`() async {
        #expect(
            await screen("dead", "list") == """
                dead letters, all · 2026-09-21T14:13:20Z · store
                DELIVERY  EVENT            SCHOOL    USER        DEVICE   LANE            TRIES  DIED        HTTP  LAST
                D-300     E-1M3250V000001  0750001B  guardian-1  phone-1  apns/onepocket      8  10 min ago  503   ServiceUnavailable
                1 in all

                """
        )
        #expect(
            await screen("dead", "list", "--by", "reason") == """
                dead letters, all, by reason · 2026-09-21T14:13:20Z · store
                REASON              HTTP  N  LANES           EVENTS  FIRST       LAST        HINT
                ServiceUnavailable   503  1  apns/onepocket       1  10 min ago  10 min ago  the provider's outage; a retry is possib…
                1 in all

                """
        )
    }

    @Test func `lane show`() async {
        #expect(
            await screen("lane", "show", "apns/onepocket") == """
                lane apns/onepocket · 2026-09-21T14:13:20Z · store
                  provider        apns
                  state           paused
                  reason          by lea: certificate rollover
                  since           5 min ago
                  until           -
                  window          -
                  inFlight        -
                  pending         2
                  deferred        0
                  dead            1
                  held            0
                  oldestSeconds   11 min
                deferred and dead, by reason
                  1  503 ServiceUnavailable

                """
        )
    }
}
