public import Experiment
public import Wire

/// A grid to submit: what a person wrote, and what it comes to.
public struct NewGrid: Hashable, Sendable {
  /// Runs, or the laws that have to be fitted first.
  public enum Content: Hashable, Sendable {
    case runs(Expansion)
    /// Never empty.
    case waits([Wait])
  }

  /// A law that an earlier grid of the same submission fits.
  public struct Wait: Hashable, Sendable {
    /// The law's name, as `learning_rate/moe`.
    public var law: String
    /// Place of that grid in the submission.
    public var stage: Int

    public init(law: String, stage: Int) {
      self.law = law
      self.stage = stage
    }
  }

  public var study: String
  public var name: String
  /// Canonical JSON of the parsed grid: its identity, together with what it waits for.
  public var source: String
  /// The file as it was written.
  public var text: String
  /// What is fitted to its runs when all have ended.
  public var fits: [String]
  /// How its runs are queued; no part of its identity.
  public var scheduling: Scheduling
  public var content: Content

  public init(
    study: String, name: String, source: String, text: String, fits: [String] = [],
    scheduling: Scheduling = .init(), content: Content
  ) {
    self.study = study
    self.name = name
    self.source = source
    self.text = text
    self.fits = fits
    self.scheduling = scheduling
    self.content = content
  }
}

/// What a grid comes to once its laws are known: its runs.
public struct Expansion: Hashable, Sendable {
  /// A fitted law that gave a family a setting.
  public struct Use: Hashable, Sendable {
    public var family: String
    /// `M`, `learning_rate` or `batch_tokens`.
    public var quantity: String
    public var law: LawKey

    public init(family: String, quantity: String, law: LawKey) {
      self.family = family
      self.quantity = quantity
      self.law = law
    }
  }

  /// JSON of where each family's settings come from.
  public var settings: String
  public var laws: [Use]
  /// In order of expansion.
  public var runs: [NewRun]

  public init(settings: String, laws: [Use] = [], runs: [NewRun]) {
    self.settings = settings
    self.laws = laws
    self.runs = runs
  }
}

/// A law before it is numbered: it is one of its study, name and input.
public struct LawKey: Hashable, Sendable {
  public var study: String
  public var name: String
  public var inputSHA256: String

  public init(study: String, name: String, inputSHA256: String) {
    self.study = study
    self.name = name
    self.inputSHA256 = inputSHA256
  }
}

/// A run that a grid asks for, with what its spec implies. N counts are without the vocabulary.
public struct NewRun: Hashable, Sendable {
  /// One axis and the value asked for, as `A` and `1/32`.
  public struct Coordinate: Hashable, Sendable {
    public var axis: String
    public var value: String

    public init(axis: String, value: String) {
      self.axis = axis
      self.value = value
    }
  }

  /// What follows from the architecture alone.
  public struct Derived: Hashable, Sendable {
    /// N and N_a.
    public var parameters: Int
    public var activeParameters: Int
    /// M: training FLOPs a token, 3 × forward, without embedding, logits and router.
    public var flopsPerToken: Double
    /// Forward FLOPs a token with logits and router.
    public var forwardFLOPsWithLogits: Double
    /// A routed, 1 for a dense model; G and S, none for a dense model.
    public var activationRatio: Double
    public var granularity: Double?
    public var sharedRatio: Double?
    /// Dense layers over layers.
    public var denseRatio: Double
    /// Attention FLOPs over M.
    public var attentionShare: Double

    public init(
      parameters: Int, activeParameters: Int, flopsPerToken: Double,
      forwardFLOPsWithLogits: Double, activationRatio: Double, granularity: Double?,
      sharedRatio: Double?, denseRatio: Double, attentionShare: Double
    ) {
      self.parameters = parameters
      self.activeParameters = activeParameters
      self.flopsPerToken = flopsPerToken
      self.forwardFLOPsWithLogits = forwardFLOPsWithLogits
      self.activationRatio = activationRatio
      self.granularity = granularity
      self.sharedRatio = sharedRatio
      self.denseRatio = denseRatio
      self.attentionShare = attentionShare
    }
  }

  public let spec: RunSpec
  /// The spec's canonical JSON and its digest: the run's identity.
  public let canonical: String
  public let sha256: String
  public var derived: Derived
  public var family: String
  /// The C that was asked for, FLOPs.
  public var budget: Double
  public var point: [Coordinate]
  /// Realised M over the target, minus one.
  public var flopsError: Double
  /// What a person should know, as that a law was extrapolated.
  public var flags: [String]

  public init(
    spec: RunSpec, derived: Derived, family: String, budget: Double, point: [Coordinate],
    flopsError: Double, flags: [String]
  ) {
    self.spec = spec
    canonical = spec.canonical
    sha256 = SHA256.hex(of: canonical)
    self.derived = derived
    self.family = family
    self.budget = budget
    self.point = point
    self.flopsError = flopsError
    self.flags = flags
  }
}

/// A run that the registry has.
public struct KnownRun: Hashable, Sendable {
  public var id: Int64
  public var state: RunState

  public init(id: Int64, state: RunState) {
    self.id = id
    self.state = state
  }
}

/// What a submission came to.
public struct SubmittedGrid: Hashable, Sendable {
  public var id: Int64
  /// The same source had been submitted before; nothing was inserted.
  public var known: Bool
  /// Rises with each submission that asked for newer laws and got them.
  public var revision: Int
  /// The laws that it still waits for; it has no runs until they are there.
  public var waits: [String]
  /// How many specs were new to the registry.
  public var inserted: Int
  /// The grid's runs in order of expansion.
  public var runs: [KnownRun]

  public init(
    id: Int64, known: Bool, revision: Int, waits: [String], inserted: Int, runs: [KnownRun]
  ) {
    self.id = id
    self.known = known
    self.revision = revision
    self.waits = waits
    self.inserted = inserted
    self.runs = runs
  }
}
