#include "CMigrations.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const char v001_registry[] = {
#embed "../../migrations/v001_registry.sql" suffix(, 0)
};

static const char v005_token[] = {
#embed "../../migrations/v005_token.sql" suffix(, 0)
};

static const Migration migrations[] = {
    {"v001_registry", v001_registry},
    {"v005_token", v005_token},
};

const int migration_count = sizeof migrations / sizeof migrations[0];

Migration migration_at(int index) { return migrations[index]; }
