"""Times Optuna's RDB storage on SQLite: prints trials a second from ask to tell, processor
milliseconds a trial, and the milliseconds that a list of all trials takes."""

import resource
import sys
import time

import optuna
import sqlalchemy

path, trials = sys.argv[1], int(sys.argv[2])
optuna.logging.set_verbosity(optuna.logging.ERROR)
storage = optuna.storages.RDBStorage(f"sqlite:///{path}")


@sqlalchemy.event.listens_for(storage.engine, "connect")
def as_the_registry(connection, _):
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")


storage.engine.dispose()
study = optuna.create_study(storage=storage, sampler=optuna.samplers.RandomSampler(seed=1))


def processor():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


start, before = time.perf_counter(), processor()
for _ in range(trials):
    trial = study.ask()
    trial.suggest_float("learning_rate", 1e-4, 1e-1, log=True)
    study.tell(trial, 3.5)
print(trials / (time.perf_counter() - start))
print((processor() - before) / trials * 1000)

start = time.perf_counter()
storage.get_all_trials(study._study_id, deepcopy=False)
print((time.perf_counter() - start) * 1000)
