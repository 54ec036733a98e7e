import Glibc
import Testing

/// What stands around the gateway: the Debian package in a root of its own, image, chart, proxies, a new folder; the service manager, whoever watches, feeds,
/// publishes or brokers; the bench. On the built executables.
@Suite(.serialized, .tags(.slow), .timeLimit(.minutes(10)))
struct SurroundingsTests {
    @Test(
        .enabled(
            if: getenv("CARILLON_DEBIAN_ROOT") != nil,
            "deploy/test makes a Debian root where the machine lets it mount"
        ),
        arguments: ["lives_and_dies", "proxies_are_sound", "image_runs"]
    )
    func `it can be installed`(check: String) async throws { try await GatewayTests.run("package_checks.py", check) }

    @Test(arguments: ["bill_of_materials"])
    func `what it consists of is listed`(check: String) async throws {
        try await GatewayTests.run("package_checks.py", check)
    }

    @Test(arguments: ["chart", "values_are_checked", "configuration_is_the_gateways", "compose"])
    func `the chart is sound`(check: String) async throws { try await GatewayTests.run("chart_checks.py", check) }

    @Test(arguments: ["first_push", "readme_session"])
    func `a first push is three commands`(check: String) async throws {
        try await GatewayTests.run("init_checks.py", check)
    }

    @Test(arguments: [
        "addresses_are_named", "storage_keys_are_named", "signals_count_from_the_start", "nothing_that_drips_keeps_it",
        "service_manager_is_told", "build_is_named",
    ])
    func `start and end pass`(check: String) async throws { try await GatewayTests.run("start_checks.py", check) }

    @Test(arguments: [
        "schools_are_switched", "held_import_is_approved", "onde_extractions_are_imported", "short_of_room",
    ])
    func `the directory and the disk pass`(check: String) async throws {
        try await GatewayTests.run("directory_checks.py", check)
    }

    @Test(arguments: [
        "alert_rules_are_right", "a_day_fires_what_happened", "dashboard_is_that_of_the_metrics", "refusals_are_told",
        "reloads_say_what_changed",
        "an_outage_is_told_once", "emptied_series_are_gone", "spans_reach_a_collector",
        "a_french_terminal_is_answered_in_french",
    ])
    func `watching passes`(check: String) async throws { try await GatewayTests.run("watch_checks.py", check) }

    /// Told in Publishing.md and /openapi.json.
    @Test(arguments: ["recipes_run_word_for_word", "schemas_are_the_contract"])
    func `publishers' developers pass`(check: String) async throws {
        try await GatewayTests.run("publisher_checks.py", check)
    }

    @Test(arguments: [
        "both_ways_are_one", "server_comes_again", "a_consumer_has_to_keep", "killed_before_the_answer",
        "killed_while_taking",
        "poison_is_ended", "full_disk_leaves_it_in_the_stream", "without_a_stream", "faster_than_it_is_taken",
        "who_may_connect",
    ])
    func `the broker passes`(check: String) async throws { try await GatewayTests.run("nats_checks.py", check) }

    /// What deploy/bench makes of figures; they are recorded ones, no test has a clock.
    @Test(arguments: [
        "verdicts_are_of_medians", "figures_become_a_table", "results_are_kept_whole", "figures_become_drawings",
        "documents_show_what_was_recorded",
    ])
    func `the bench's figures pass`(check: String) async throws { try await GatewayTests.run("bench_checks.py", check) }

    @Test(arguments: ["idle_crowd"])
    func `crowds pass`(check: String) async throws { try await GatewayTests.run("crowd_checks.py", check) }
}
