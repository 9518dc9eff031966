import ArgumentParser
import Foundation
import Testing
import Wire

@testable import Worker

@Suite("A worker offers what it is told or what it finds")
struct OfferTests {
  private func offer(_ arguments: [String], _ environment: [String: String] = [:]) throws
    -> (slots: Int, offer: WorkerOffer)
  {
    let options = try OfferOptions.parse(arguments)
    return (
      options.slots,
      options.offer(
        devices: options.devices(), environment: environment,
        now: Date(timeIntervalSince1970: 1000))
    )
  }

  @Test("everything may be said")
  func said() throws {
    let (slots, offer) = try offer([
      "--cpus", "4", "--gpus", "h100:2,A100:1", "--memory", "64GiB", "--nodes", "2", "--labels",
      "fast, big", "--walltime", "2h",
    ])
    #expect(slots == 4)
    #expect(
      offer
        == WorkerOffer(
          gpus: ["h100": 2, "a100": 1], memory: 64 << 30, nodes: 2, labels: ["fast", "big"],
          walltimeEnd: 8_200_000))
  }

  @Test("an allocation's end counts where it comes first")
  func allocation() throws {
    let slurm = ["SLURM_JOB_END_TIME": "5000"]
    #expect(try offer(["--gpus", "none"], slurm).offer.walltimeEnd == 5_000_000)
    #expect(
      try offer(["--gpus", "none", "--walltime", "1m"], slurm).offer.walltimeEnd == 1_060_000)
    #expect(try offer(["--gpus", "none"]).offer.walltimeEnd == nil)
  }

  @Test("what is not said is found")
  func found() throws {
    let (slots, offer) = try offer(["--gpus", "none"])
    #expect(slots == min(1024, ProcessInfo.processInfo.activeProcessorCount))
    #expect(offer.memory > 1 << 20)
    #expect(offer.gpus.isEmpty)
  }

  @Test(
    "a GPU goes by its short name",
    arguments: [
      ("NVIDIA H100 80GB HBM3", "h100"), ("NVIDIA A100-SXM4-80GB", "a100"),
      ("NVIDIA GeForce RTX 4090", "rtx4090"), ("Tesla V100-PCIE-16GB", "v100"), ("", "gpu"),
    ])
  func names(name: String, type: String) {
    #expect(Machine.type(of: name) == type)
  }

  @Test(
    "what has no meaning is refused",
    arguments: [
      ["--cpus", "0"], ["--gpus", "h100"], ["--gpus", "h100:0"], ["--gpus", ":8"],
      ["--memory", "64 parsecs"], ["--nodes", "0"], ["--labels", ","], ["--walltime", "90"],
    ])
  func refused(arguments: [String]) {
    #expect(throws: (any Error).self) { try OfferOptions.parse(arguments) }
  }

  @Test("no GPU is granted twice, and one that is given back may be granted again")
  func pool() {
    let pool = GPUPool(["h100", "h100", "a100"], visible: "4,5,6")
    let both = Lease.Grant(gpus: 2, gpuType: "h100")
    #expect(pool.take(both) == ["4", "5"])
    #expect(pool.take(Lease.Grant(gpus: 1, gpuType: "h100")) == nil)
    #expect(pool.take(Lease.Grant(gpus: 1, gpuType: "a100")) == ["6"])
    #expect(pool.take(Lease.Grant()) == [])
    pool.giveBack(["4", "5"])
    #expect(pool.take(both) == ["4", "5"])
  }
}
