import ArgumentParser

struct QueueCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue",
        abstract: "The deliveries: how many, which, and why they are where they are.",
        discussion: "Reads the store, also while the service is down.",
        subcommands: [
            QueueStatus.self, QueueShape.self, QueueList.self, QueueShow.self, QueueWhy.self, QueueExport.self,
            QueueTop.self, QueueTail.self,
            QueueRetry.self, QueueHold.self, QueueRelease.self, QueueDrop.self, QueueExpire.self,
        ]
    )
}
