import Testing

@testable import Worker

@Suite("Trainers by name")
struct TrainerCatalogueTests {
  @Test("the native trainer is this program, others are what the command line says")
  func known() throws {
    let catalogue = try TrainerCatalogue(
      native: ["/bin/worker", "train"],
      options: ["pytorch=/opt/run.sh --device cuda:0 --opt a=b"])
    #expect(try catalogue.command(for: "native") == ["/bin/worker", "train"])
    #expect(
      try catalogue.command(for: "pytorch")
        == ["/opt/run.sh", "--device", "cuda:0", "--opt", "a=b"])
    #expect(throws: CatalogueError.unknown("jax", known: ["native", "pytorch"])) {
      try catalogue.command(for: "jax")
    }
  }

  @Test("a definition without name or command is refused", arguments: ["", "x", "x=", "=y", "x= "])
  func malformed(option: String) {
    #expect(throws: CatalogueError.malformed(option)) {
      try TrainerCatalogue(native: ["p"], options: [option])
    }
  }

  @Test("a name has one meaning", arguments: [["a=x", "a=y"], ["native=x"]])
  func repeated(options: [String]) {
    #expect(throws: CatalogueError.self) { try TrainerCatalogue(native: ["p"], options: options) }
  }
}
