#pragma once
#include <stddef.h>
#include <stdint.h>

// A bundled alert schema: its registry id (major * 100 + minor) and its JSON.
typedef struct {
    int32_t id;
    const unsigned char *json;
    size_t byte_count;
} nightjar_schema;

const nightjar_schema *nightjar_schemas(size_t *count);
