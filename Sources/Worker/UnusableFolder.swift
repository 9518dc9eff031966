/// A folder that the worker needs and cannot make.
struct UnusableFolder: Error, CustomStringConvertible {
  var path: String
  var reason: String

  var description: String {
    """
    cannot make the folder \(path): \(reason)
    hint: name a folder on a disk that you may write to, with --data or --runs
    """
  }
}
