import ArgumentParser

struct OpenAPICommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "openapi", abstract: "Print the OpenAPI document of the daemon's HTTP interface.")

  func run() async throws {
    Screen.process.result(try OpenAPI.document())
  }
}
