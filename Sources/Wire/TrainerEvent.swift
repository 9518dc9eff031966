/// One line of a trainer's standard output: what any trainer says to its worker, and the worker to
/// the daemon. The JSON has the case's name under `event`.
public enum TrainerEvent: Hashable, Sendable {
  case started(Started)
  case step(Step)
  case eval(Eval)
  case checkpoint(Checkpoint)
  case metric(Metric)
  case warning(Warning)
  case finished(Finished)
  case diverged(Diverged)

  /// The run has begun, or resumed.
  public struct Started: Hashable, Codable, Sendable {
    /// Trainable parameters, embeddings and output projection included.
    public var parameters: Int
    /// Those that one token uses.
    public var activeParameters: Int
    /// Steps already done by the checkpoint that this attempt starts from; 0 from scratch.
    public var firstStep: Int
    /// Times that the run goes over its training text, D over the tokens of that; above 1 some are
    /// seen again.
    public var epochs: Double?
    /// Whether SIGUSR1 makes it write a checkpoint and go on.
    public var checkpointsOnRequest: Bool
    /// What else a reader needs to reproduce the bits: instruction set, library versions.
    public var environment: [String: String]

    public init(
      parameters: Int, activeParameters: Int, firstStep: Int = 0, epochs: Double? = nil,
      checkpointsOnRequest: Bool = false, environment: [String: String] = [:]
    ) {
      self.parameters = parameters
      self.activeParameters = activeParameters
      self.firstStep = firstStep
      self.epochs = epochs
      self.checkpointsOnRequest = checkpointsOnRequest
      self.environment = environment
    }

    private enum CodingKeys: String, CodingKey {
      case parameters
      case activeParameters = "active_parameters"
      case firstStep = "first_step"
      case epochs
      case checkpointsOnRequest = "checkpoints_on_request"
      case environment
    }

    public init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      parameters = try container.decode(Int.self, forKey: .parameters)
      activeParameters = try container.decode(Int.self, forKey: .activeParameters)
      firstStep = try container.decodeIfPresent(Int.self, forKey: .firstStep) ?? 0
      epochs = try container.decodeIfPresent(Double.self, forKey: .epochs)
      checkpointsOnRequest =
        try container.decodeIfPresent(Bool.self, forKey: .checkpointsOnRequest) ?? false
      environment =
        try container.decodeIfPresent([String: String].self, forKey: .environment) ?? [:]
    }
  }

  /// One optimiser step, or the mean of the steps since the last such event.
  public struct Step: Hashable, Codable, Sendable {
    /// Steps done, from 1.
    public var step: Int
    /// Training tokens seen.
    public var tokens: Int
    /// Cross-entropy, nats a token, without auxiliary losses.
    public var loss: Double
    public var lr: Double?
    /// Global gradient norm before clipping.
    public var gradNorm: Double?
    public var balance: Balance?

    public init(
      step: Int, tokens: Int, loss: Double, lr: Double? = nil, gradNorm: Double? = nil,
      balance: Balance? = nil
    ) {
      self.step = step
      self.tokens = tokens
      self.loss = loss
      self.lr = lr
      self.gradNorm = gradNorm
      self.balance = balance
    }

    private enum CodingKeys: String, CodingKey {
      case step, tokens, loss, lr
      case gradNorm = "grad_norm"
      case balance
    }
  }

  /// How evenly the router spreads tokens, over all MoE layers.
  public struct Balance: Hashable, Codable, Sendable {
    /// Tokens of the busiest expert over the mean, averaged over layers; 1 is perfect.
    public var maxOverMean: Double
    /// Share of token-expert pairs that were dropped; 0 for a dropless router.
    public var dropped: Double

    public init(maxOverMean: Double, dropped: Double = 0) {
      self.maxOverMean = maxOverMean
      self.dropped = dropped
    }

    private enum CodingKeys: String, CodingKey {
      case maxOverMean = "max_over_mean"
      case dropped
    }

    public init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      maxOverMean = try container.decode(Double.self, forKey: .maxOverMean)
      dropped = try container.decodeIfPresent(Double.self, forKey: .dropped) ?? 0
    }
  }

  /// A loss on held-out text.
  public struct Eval: Hashable, Codable, Sendable {
    public var step: Int
    public var tokens: Int?
    public var split: String
    /// Cross-entropy, nats a token.
    public var loss: Double
    /// The same in bits a byte of text, comparable between tokenisers.
    public var bitsPerByte: Double?

    public init(
      step: Int, tokens: Int? = nil, split: String, loss: Double, bitsPerByte: Double? = nil
    ) {
      self.step = step
      self.tokens = tokens
      self.split = split
      self.loss = loss
      self.bitsPerByte = bitsPerByte
    }

    private enum CodingKeys: String, CodingKey {
      case step, tokens, split, loss
      case bitsPerByte = "bits_per_byte"
    }
  }

  /// State on disk from which another attempt may resume.
  public struct Checkpoint: Hashable, Codable, Sendable {
    public var step: Int
    /// Relative to the run directory.
    public var path: String

    public init(step: Int, path: String) {
      self.step = step
      self.path = path
    }
  }

  /// Any other named number.
  public struct Metric: Hashable, Codable, Sendable {
    public var name: String
    public var value: Double
    public var step: Int?

    public init(name: String, value: Double, step: Int? = nil) {
      self.name = name
      self.value = value
      self.step = step
    }
  }

  /// Something about the run that a person should look at while it goes on.
  public struct Warning: Hashable, Codable, Sendable {
    public var step: Int
    /// What it is about, the same word each time: `dead_experts`.
    public var kind: String
    /// The facts, for people.
    public var message: String

    public init(step: Int, kind: String, message: String) {
      self.step = step
      self.kind = kind
      self.message = message
    }
  }

  /// The run is done; the last line of a trainer that exits 0.
  public struct Finished: Hashable, Codable, Sendable {
    /// Training loss, nats a token, averaged over the end of the run.
    public var loss: Double
    /// Loss on the validation split after the last step, nats a token.
    public var validationLoss: Double?
    /// The same in bits a byte.
    public var bitsPerByte: Double?
    /// Training tokens D.
    public var tokens: Int
    /// Training FLOPs M · D, 3 × forward, embedding and logits excluded.
    public var flops: Double
    /// Times that the run went over its training text, as `started` said.
    public var epochs: Double?
    /// Wall-clock time of the training steps, without set-up and evaluation.
    public var seconds: Double?
    /// CPU time of the same steps; less than `seconds` means that the core was shared.
    public var cpuSeconds: Double?

    public init(
      loss: Double, validationLoss: Double? = nil, bitsPerByte: Double? = nil, tokens: Int,
      flops: Double, epochs: Double? = nil, seconds: Double? = nil, cpuSeconds: Double? = nil
    ) {
      self.loss = loss
      self.validationLoss = validationLoss
      self.bitsPerByte = bitsPerByte
      self.tokens = tokens
      self.flops = flops
      self.epochs = epochs
      self.seconds = seconds
      self.cpuSeconds = cpuSeconds
    }

    private enum CodingKeys: String, CodingKey {
      case loss
      case validationLoss = "validation_loss"
      case bitsPerByte = "bits_per_byte"
      case tokens, flops, epochs, seconds
      case cpuSeconds = "cpu_seconds"
    }
  }

  /// The loss is no longer a number, or has left the range of a model that learns.
  public struct Diverged: Hashable, Codable, Sendable {
    public var step: Int
    public var reason: String

    public init(step: Int, reason: String) {
      self.step = step
      self.reason = reason
    }
  }
}

extension TrainerEvent: Codable {
  private enum Name: String, Codable {
    case started, step, eval, checkpoint, metric, warning, finished, diverged
  }

  private enum CodingKeys: String, CodingKey { case event }

  public init(from decoder: any Decoder) throws {
    let name = try decoder.container(keyedBy: CodingKeys.self).decode(Name.self, forKey: .event)
    switch name {
    case .started: self = .started(try Started(from: decoder))
    case .step: self = .step(try Step(from: decoder))
    case .eval: self = .eval(try Eval(from: decoder))
    case .checkpoint: self = .checkpoint(try Checkpoint(from: decoder))
    case .metric: self = .metric(try Metric(from: decoder))
    case .warning: self = .warning(try Warning(from: decoder))
    case .finished: self = .finished(try Finished(from: decoder))
    case .diverged: self = .diverged(try Diverged(from: decoder))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .started(let event):
      try container.encode(Name.started, forKey: .event)
      try event.encode(to: encoder)
    case .step(let event):
      try container.encode(Name.step, forKey: .event)
      try event.encode(to: encoder)
    case .eval(let event):
      try container.encode(Name.eval, forKey: .event)
      try event.encode(to: encoder)
    case .checkpoint(let event):
      try container.encode(Name.checkpoint, forKey: .event)
      try event.encode(to: encoder)
    case .metric(let event):
      try container.encode(Name.metric, forKey: .event)
      try event.encode(to: encoder)
    case .warning(let event):
      try container.encode(Name.warning, forKey: .event)
      try event.encode(to: encoder)
    case .finished(let event):
      try container.encode(Name.finished, forKey: .event)
      try event.encode(to: encoder)
    case .diverged(let event):
      try container.encode(Name.diverged, forKey: .event)
      try event.encode(to: encoder)
    }
  }
}
