import API
import ArgumentParser
import Domain
import Glibc
import Settings
import Store

/// Runs the gateway until SIGTERM or SIGINT.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Runs the gateway.",
        discussion: """
            Stops gracefully at SIGTERM or SIGINT; SIGHUP reloads credentials and publishers after checking them.
            Exit codes: 0 stopped, 70 the store cannot be trusted, 75 the data folder is in use, 78 configuration.
            """
    )

    @Option(help: "The configuration file.")
    var config: String?

    /// sysexits.h: EX_SOFTWARE, EX_TEMPFAIL, EX_CONFIG.
    private enum Code {
        static let store: Int32 = 70
        static let inUse: Int32 = 75
        static let configuration: Int32 = 78
    }

    func run() async throws {
        do {
            try await Gateway(config: config).run()
        } catch let report as SettingsError {
            end(report.description, Code.configuration)
        } catch let shortage as DescriptorPlan.LimitError {
            end("The gateway cannot serve: \(shortage).", Code.configuration)
        } catch StoreError.inUse(let holder, _) {
            end("The data folder is in use: \(holder).", Code.inUse)
        } catch StoreError.unusable(let reason) {
            end("The store cannot be used: \(reason).", Code.store)
        } catch let error as DataFolder.FolderError {
            end("The store cannot be used: \(error).", Code.store)
        } catch let error as StoreError {
            end("The store cannot be trusted: \(error.sentence).", Code.store)
        } catch {
            end("The gateway cannot run: \(error).", 1)
        }
    }

    private func end(_ sentence: String, _ code: Int32) -> Never {
        let line = Array((sentence + "\n").utf8)
        _ = write(STDERR_FILENO, line, line.count)
        // Not exit: see the fatal end in Gateway.
        Glibc._exit(code)
    }
}
