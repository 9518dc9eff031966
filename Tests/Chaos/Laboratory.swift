import Foundation

/// A fresh folder with the grid and a prepared corpus, and the programs.
struct Laboratory {
  let folder: URL
  let programs: URL
  let grid: GridText

  /// Prepares the corpus from texts that every Debian machine has: any prose will do.
  init(folder: URL, programs: URL, grid: GridText) throws {
    self.folder = folder
    self.programs = programs
    self.grid = grid
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    var texts: [String] = []
    for name in ["GPL-2", "GPL-3", "LGPL-2.1", "Apache-2.0", "MPL-2.0"] {
      let text = folder.appending(path: "\(name).txt")
      let licence = URL(filePath: "/usr/share/common-licenses").appending(path: name)
      try FileManager.default.copyItem(at: licence.resolvingSymlinksInPath(), to: text)
      texts.append(text.path)
    }
    try Data(grid.text.utf8).write(to: gridFile)
    try command(
      ["corpus", "import", "licences"] + texts + ["--vocabulary", "512", "--data", data.path])
  }

  var gridFile: URL { folder.appending(path: "grid.yaml") }
  /// The daemons' data folder.
  var data: URL { folder.appending(path: "data") }

  /// Runs a command of `orchestrator` to its end. Throws `.refused` unless it exits with 0.
  func command(_ arguments: [String]) throws {
    let name = arguments.prefix(2).joined(separator: " ")
    let program = try Program(
      programs.appending(path: "orchestrator"), arguments, in: folder,
      log: folder.appending(path: "commands.log"))
    let code = program.wait()
    guard code == 0 else { throw BrokenPromise.refused(command: name, code: code) }
  }

  func remove() throws { try FileManager.default.removeItem(at: folder) }
}
