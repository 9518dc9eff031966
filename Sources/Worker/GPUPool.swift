import Synchronization
import Wire

/// Which GPU is whose: a trainer sees those that its run was granted, and no other.
final class GPUPool: Sendable {
  private struct Device {
    var type: String
    /// As CUDA_VISIBLE_DEVICES names it.
    var name: String
    var isFree = true
  }

  private let devices: Mutex<[Device]>

  /// One type a device. Where this process sees some of the machine's GPUs alone, `visible` is its own
  /// CUDA_VISIBLE_DEVICES and names them.
  init(_ types: [String], visible: String? = nil) {
    let names = visible?.split(separator: ",").map(String.init) ?? []
    devices = Mutex(
      types.enumerated().map { index, type in
        Device(type: type, name: index < names.count ? names[index] : "\(index)")
      })
  }

  /// Takes the GPUs of a grant; nil when they are not there, as when the daemon counts another way.
  func take(_ grant: Lease.Grant) -> [String]? {
    devices.withLock { devices in
      let free = devices.indices.filter { devices[$0].isFree && devices[$0].type == grant.gpuType }
      guard grant.gpus > 0 else { return [] }
      guard free.count >= grant.gpus else { return nil }
      let taken = free.prefix(grant.gpus)
      for index in taken { devices[index].isFree = false }
      return taken.map { devices[$0].name }
    }
  }

  /// Gives GPUs back.
  func giveBack(_ names: [String]) {
    devices.withLock { devices in
      for index in devices.indices where names.contains(devices[index].name) {
        devices[index].isFree = true
      }
    }
  }
}
