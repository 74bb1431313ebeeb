import ArgumentParser

@main
struct ComfyFleet: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "comfyfleet", abstract: "Installs software on fleets of GPU hosts over SSH.")
}
