import Dispatch
import FoundationEssentials
import Glibc
import Testing

/// The built `carillon` and `carillon-simulator` as processes, driven from outside: gateway.py starts them, the files of
/// checks beside it ask. One after another, since each starts a whole gateway and some kill it; the suites beside this one
/// (``DurabilityTests``, ``SurroundingsTests``) go on meanwhile, so that two cores have two of them.
@Suite(.serialized, .tags(.slow), .timeLimit(.minutes(10)))
struct GatewayTests {
    @Test(arguments: [
        "killed_three_times", "accepted_is_on_disk", "one_process_per_folder", "configuration_mistakes",
        "stops_gracefully",
        "provider_unreachable", "credential_fault", "tokens_die_on_proof", "ent_down", "disk_full",
        "nothing_unrecorded_is_sent", "reload",
    ])
    func `the running gateway passes`(check: String) async throws { try await pass("gateway_checks", check) }

    @Test(arguments: [
        "every_browser_rings_once", "waits_over_a_restart", "unsubscribed_browser", "one_refusal_proves_nothing",
        "private_addresses_are_refused", "encrypted_is_read_by_its_device_alone",
    ])
    func `browsers pass`(check: String) async throws { try await pass("web_push_checks", check) }

    @Test(arguments: [
        "storm_with_seconds", "storm_with_a_date", "retry_after_is_the_lanes", "small_beside_large",
        "quota_of_a_minute",
        "held_removals_are_discarded", "held_removals_are_applied",
    ])
    func `lanes pass`(check: String) async throws { try await pass("lane_checks", check) }

    @Test(arguments: [
        "gone_before_registration", "gone_and_not_found", "suspect_until_registered", "installation_id_replaces_token",
        "revoked_access_token", "refused_access_tokens", "lost_answers_ring_once", "refused_streams_cost_nothing",
        "iphones_wait_alone", "a_new_reason_reaches_the_operator",
        "shared_phone_behind_a_pause", "shared_phone_behind_a_breaker",
    ])
    func `targets pass`(check: String) async throws { try await pass("token_checks", check) }

    @Test(arguments: ["parents_by_issuer"])
    func `parents pass`(check: String) async throws { try await pass("parent_checks", check) }

    @Test(arguments: [
        "hold_and_release", "drop_in_the_middle", "drop_among_browsers", "dead_letters_are_tried_again",
        "killed_in_a_bulk_order",
        "lanes_and_devices", "accounts_may_what_their_groups_may",
    ])
    func `orders pass`(check: String) async throws { try await pass("order_checks", check) }

    @Test(arguments: [
        "forecast_is_what_happens", "withdrawn_in_the_middle", "killed_while_withdrawing", "correction_takes_the_place",
        "resend_rings_those_missed", "publishers_are_told", "said_twice_rings_once",
    ])
    func `publications pass`(check: String) async throws { try await pass("event_checks", check) }

    @Test(arguments: [
        "restricted_is_not_rung", "restricted_while_it_waits", "erased_is_nowhere", "keys_change_without_a_restart",
        "log_of_orders_is_sealed", "looks_are_on_record",
    ])
    func `persons and publishers pass`(check: String) async throws { try await pass("person_checks", check) }

    @Test(arguments: ["evening_waits_for_the_morning", "several_of_an_evening_ring_once", "a_changed_policy_lets_go"])
    func `quiet hours pass`(check: String) async throws { try await pass("quiet_checks", check) }

    /// Told in FamilyWeek.md.
    @Test(arguments: ["week_of_one_family"])
    func `families pass`(check: String) async throws { try await pass("family_checks", check) }

    private func pass(_ file: String, _ check: String) async throws { try await Self.run(file + ".py", check) }

    /// One check of a script in the folder beside this file, in a folder of its own.
    static func run(_ script: String, _ check: String) async throws {
        let python = try #require(
            getenv("CARILLON_PYTHON").map { String(cString: $0) },
            "CARILLON_PYTHON must name a Python; deploy/test sets it"
        )
        let path = #filePath.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/checks/" + script
        let folder = try TemporaryFolder()

        let status = try await Program.run([python, "-B", path, try Program.folder(), folder.path, check])

        withExtendedLifetime(folder) {}
        #expect(status == 0, "see the traceback above")
    }
}

extension Tag {
    @Tag static var slow: Self
}

/// Removed, with everything in it, when the test lets go of it.
private final class TemporaryFolder {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/carillon-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        do { try FileManager.default.removeItem(atPath: path) } catch {
            // Left behind in the temporary folder; the system removes it.
        }
    }
}

private enum Program {
    struct Failed: Error {
        let errno: Int32
    }

    /// Where the executables built together with this test bundle are.
    static func folder() throws -> String {
        let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let folder = own.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 }
        try #require(FileManager.default.fileExists(atPath: folder + "/carillon"), "build the whole package first")
        return folder
    }

    /// Runs a command and waits for its end, off the cooperative pool. Cancellation (the time limit) sends it SIGTERM.
    static func run(_ arguments: [String]) async throws -> Int32 {
        let process = try spawn(arguments)
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                DispatchQueue.global().async {
                    var status: Int32 = 0
                    while waitpid(process, &status, 0) < 0, errno == EINTR {}
                    continuation.resume(returning: status)
                }
            }
        } onCancel: {
            kill(process, SIGTERM)
        }
    }

    private static func spawn(_ arguments: [String]) throws -> pid_t {
        var process: pid_t = 0
        var words = arguments.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        let problem = posix_spawn(&process, arguments[0], nil, nil, &words, environ)
        guard problem == 0 else { throw Failed(errno: problem) }
        return process
    }
}
