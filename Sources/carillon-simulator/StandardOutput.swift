import Glibc

enum StandardOutput {
    /// A pipe is buffered in full; whoever waits for the ready line waits for this.
    static func flush() { fflush(nil) }
}
