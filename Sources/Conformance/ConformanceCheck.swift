import Corpus
import Experiment
public import Foundation
import Supervision
import Wire

/// Holds a trainer to the protocol: starts it as a worker would, interrupts it, gives it what cannot
/// be trained, and judges what it does.
public struct ConformanceCheck: Sendable {
  private let command: [String]
  private let settings: ConformanceSettings
  private let environment: [String: String]
  private let folder: URL
  private let progress: @Sendable (String) -> Void

  /// A check of `command`, a program by path or by a name on PATH and its arguments, that works in
  /// `folder`. `progress` is told what comes next.
  public init(
    _ command: [String], settings: ConformanceSettings, environment: [String: String],
    folder: URL, progress: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.command = command
    self.settings = settings
    self.environment = environment
    self.folder = folder
    self.progress = progress
  }

  /// The findings, one a promise, in the order of the promises. Throws when `folder` cannot be
  /// written.
  public func run() async throws -> [Finding] {
    let corpus = try PracticeCorpus.make(in: data)
    let spec = PracticeRun.spec(steps: settings.steps, corpus: corpus.sha256)
    let judge = Judge(spec: spec, settings: settings)
    var runs: [ObservedRun] = []
    let good = try await observe("good", 1, spec, saying: "a run from start to finish")
    runs.append(good)
    var findings = judge.good(good)
    if good.started == nil {
      let others = TrainerPromise.allCases.filter { promise in
        !findings.contains { $0.promise == promise } && promise != .output && promise != .leftovers
      }
      findings += others.map { .skipped($0, "it did not start") }
    } else {
      let interrupted = try await interrupted(spec)
      runs += interrupted.all
      findings += judge.interrupted(interrupted, good: good)
      let refused = try await refused(spec)
      runs += refused
      findings += judge.refused(refused)
    }
    findings += judge.always(runs)
    return TrainerPromise.allCases.compactMap { promise in
      findings.first { $0.promise == promise }
    }
  }

  /// A run that is told to leave, asked for a checkpoint, killed, and then left alone.
  private func interrupted(_ spec: RunSpec) async throws -> InterruptedRun {
    let early = settings.steps / 5
    let leaving = try await observe(
      "interrupted", 1, spec, saying: "SIGTERM after step \(early)"
    ) { events in
      guard case .step(let step) = events.last, step.step >= early else { return nil }
      return .leave
    }
    var run = InterruptedRun(leaving: leaving, folder: attempt("interrupted", 1))
    guard let saved = leaving.checkpoints.last else { return run }
    let killed = try await observe(
      "interrupted", 2, spec, earlier: ["../1"], saying: "resumed, then kill -9",
      plan: InterruptedRun.planToKill(after: saved.step + early))
    run.killed = killed
    let earlier = killed.checkpoints.isEmpty ? ["../1"] : ["../2", "../1"]
    run.last = try await observe(
      "interrupted", 3, spec, earlier: earlier, saying: "resumed after kill -9")
    return run
  }

  /// A run that diverges, a spec without steps, a spec that is no JSON, and one without its corpus.
  private func refused(_ spec: RunSpec) async throws -> [ObservedRun] {
    [
      try await observe("diverging", 1, spec.diverging, saying: "an absurd learning rate"),
      try await observe("stepless", 1, spec.stepless, saying: "a spec of no steps"),
      try await observe("torn", 1, text: "{\"architecture\": ", saying: "a spec that is torn"),
      try await observe("homeless", 1, spec.homeless, saying: "a corpus that is not there"),
    ]
  }

  private func observe(
    _ run: String, _ epoch: Int, _ spec: RunSpec, earlier: [String] = [], saying what: String,
    plan: @escaping TrainerObserver.Plan = { _ in nil }
  ) async throws -> ObservedRun {
    try await observe(
      run, epoch, text: spec.canonical, earlier: earlier, saying: what, plan: plan)
  }

  private func observe(
    _ run: String, _ epoch: Int, text: String, earlier: [String] = [], saying what: String,
    plan: @escaping TrainerObserver.Plan = { _ in nil }
  ) async throws -> ObservedRun {
    progress(what)
    let directory = attempt(run, epoch)
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    let launch = TrainerLaunch(
      command: command, directory: directory, data: data, earlier: earlier,
      environment: environment, grace: settings.grace)
    try Data(text.utf8).write(to: directory.appending(path: "spec.json"))
    return await TrainerObserver(launch, silence: settings.silence, plan: plan).run()
  }

  private var data: URL { folder.appending(path: "data") }

  private func attempt(_ run: String, _ epoch: Int) -> URL {
    folder.appending(path: "runs/\(run)/\(epoch)")
  }
}
