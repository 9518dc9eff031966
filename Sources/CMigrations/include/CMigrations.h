/// The schema's migrations, compiled in from the top-level folder `migrations`, in order.
#ifndef CMIGRATIONS_H
#define CMIGRATIONS_H

/// One migration: its file's name without `.sql`, and its text.
typedef struct {
  const char *_Nonnull name;
  const char *_Nonnull sql;
} Migration;

/// How many there are.
extern const int migration_count;

/// The migration at `index`, from 0.
Migration migration_at(int index);

#endif
