import Glibc
import Testing

/// What is installed: the Debian package in a root of its own, the image, the chart, the proxies, a new folder; on the built executables.
@Suite(.serialized, .tags(.slow), .timeLimit(.minutes(10)))
struct PackageTests {
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
}
