import CKernels
import COneDNN

/// What else than spec and data decides a run's bits.
enum TrainingEnvironment {
  /// The instruction set that our kernels use, oneDNN's version, and the instruction set that its
  /// products use, by name.
  static var libraries: [String: String] {
    let version = dnnl_version()!.pointee
    return [
      "isa": String(cString: ck_instruction_set()),
      "onednn": "\(version.major).\(version.minor).\(version.patch)",
      "onednn_isa": productSet,
    ]
  }

  /// The instruction set that oneDNN's products use.
  static var productSet: String {
    // "cpu_isa_avx2", for one.
    let isa = String(cString: dnnl_cpu_isa2str(dnnl_get_effective_cpu_isa()))
    return isa.hasPrefix("cpu_isa_") ? String(isa.dropFirst(8)) : isa
  }
}
