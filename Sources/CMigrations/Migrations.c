#include "CMigrations.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const char v001_registry[] = {
#embed "../../migrations/v001_registry.sql" suffix(, 0)
};

static const char v007_checkpoint[] = {
#embed "../../migrations/v007_checkpoint.sql" suffix(, 0)
};

static const Migration migrations[] = {
    {"v001_registry", v001_registry},
    {"v007_checkpoint", v007_checkpoint},
};

const int migration_count = sizeof migrations / sizeof migrations[0];

Migration migration_at(int index) { return migrations[index]; }
