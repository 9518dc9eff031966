#include "CMigrations.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const char v001_registry[] = {
#embed "../../migrations/v001_registry.sql" suffix(, 0)
};

static const char v002_writer[] = {
#embed "../../migrations/v002_writer.sql" suffix(, 0)
};

static const char v003_queue[] = {
#embed "../../migrations/v003_queue.sql" suffix(, 0)
};

static const char v004_evaluation[] = {
#embed "../../migrations/v004_evaluation.sql" suffix(, 0)
};

static const char v005_token[] = {
#embed "../../migrations/v005_token.sql" suffix(, 0)
};

static const char v006_webhook[] = {
#embed "../../migrations/v006_webhook.sql" suffix(, 0)
};

static const char v007_checkpoint[] = {
#embed "../../migrations/v007_checkpoint.sql" suffix(, 0)
};

static const Migration migrations[] = {
    {"v001_registry", v001_registry},
    {"v002_writer", v002_writer},
    {"v003_queue", v003_queue},
    {"v004_evaluation", v004_evaluation},
    {"v005_token", v005_token},
    {"v006_webhook", v006_webhook},
    {"v007_checkpoint", v007_checkpoint},
};

const int migration_count = sizeof migrations / sizeof migrations[0];

Migration migration_at(int index) { return migrations[index]; }
