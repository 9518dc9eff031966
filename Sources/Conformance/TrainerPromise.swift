/// What the trainer protocol asks of a trainer, one promise a check; docs/trainer.md has the protocol.
public enum TrainerPromise: String, Codable, Sendable, CaseIterable {
  case start
  case output
  case order
  case numbers
  case evaluation
  case result
  case sigterm
  case resume
  case request
  case kill
  case sameLoss = "same_loss"
  case divergence
  case badSpec = "bad_spec"
  case noCorpus = "no_corpus"
  case leftovers

  /// The promise in words.
  public var title: String {
    switch self {
    case .start: "it starts and says so"
    case .output: "standard output has events and nothing else"
    case .order: "`started` once and first, steps rise, `finished` once and last"
    case .numbers: "tokens are steps times batch, parameters are positive"
    case .evaluation: "it evaluates on the validation split"
    case .result: "it finishes with the spec's D and C, and exit code 0"
    case .sigterm: "SIGTERM: a checkpoint, exit code 75, within the grace"
    case .resume: "a later attempt goes on from that checkpoint"
    case .request: "SIGUSR1: a checkpoint, and it goes on"
    case .kill: "killed and started again it goes on and finishes"
    case .sameLoss: "an interrupted run ends in the loss of an undisturbed one"
    case .divergence: "divergence is `diverged`, not a crash"
    case .badSpec: "a spec that cannot be trained is refused with exit code 64"
    case .noCorpus: "a corpus that is not there is refused"
    case .leftovers: "no process is left behind"
    }
  }

  /// What to mend in a trainer that breaks it.
  public var remedy: String {
    switch self {
    case .start:
      "read the spec at $ORCHESTRATOR_RUN_SPEC and print one line of JSON as the first event: "
        + #"{"event":"started","parameters":N,"active_parameters":N}"#
    case .output:
      "print one JSON event a line and flush it; send all else to standard error, that of libraries "
        + "and child processes too; a loss that is not a number is `diverged`, not NaN"
    case .order:
      "print each event when it happens, from one process; `step` counts the steps done, from 1"
    case .numbers:
      "`tokens` of a step is step * batch_sequences * architecture.seq_len; "
        + "`active_parameters` is at most `parameters`"
    case .evaluation:
      "measure the validation split evaluation.count times, after the last step in any case, and "
        + "print `eval` with \"split\":\"validation\"; `finished` repeats the last as validation_loss"
    case .result:
      "`finished` has tokens = steps * batch_sequences * seq_len and flops = M * tokens, "
        + "M = 3 times the forward FLOPs a token without embedding and logits; exit with 0 after it"
    case .sigterm:
      "handle SIGTERM: after the current step write a checkpoint, print `checkpoint` once it is whole "
        + "on disk, exit with 75; all within `worker --grace`"
    case .resume:
      "look in each folder of $ORCHESTRATOR_EARLIER_ATTEMPTS (separated by colons, relative to the "
        + "working directory, newest first) for a checkpoint, load it, and print `started` with "
        + "first_step = the steps that it holds"
    case .request:
      "after SIGUSR1 write a checkpoint, print `checkpoint` and go on; or leave "
        + "checkpoints_on_request out of `started`"
    case .kill:
      "write checkpoints to another name and rename them, so that one torn by a kill is never read; "
        + "resume from the newest whole one that was printed"
    case .sameLoss:
      "save everything that shapes the next step: weights, optimiser, schedule, place in the data"
    case .divergence:
      "when the loss is no number, or stays far above that of guessing, print "
        + #"{"event":"diverged","step":N,"reason":"…"} and exit"#
    case .badSpec:
      "check the spec before training; on a fault say on standard error what is wrong and exit with 64"
    case .noCorpus:
      "look for the corpus by the spec's corpus.sha256 below $ORCHESTRATOR_DATA/corpora; when it is "
        + "not there say so on standard error and exit with 66"
    case .leftovers:
      "wait for child processes before the trainer exits, or end them"
    }
  }
}
