// libavro behind plain functions: avro_value_t's methods are function-like macros, which Swift does not import.
#include "include/avro_all.h"

nightjar_avro *nightjar_avro_open(const char *json, size_t size) {
    nightjar_avro *oracle = calloc(1, sizeof *oracle);
    if (avro_schema_from_json_length(json, size, &oracle->schema) != 0) {
        free(oracle);
        return NULL;
    }
    oracle->iface = avro_generic_class_from_schema(oracle->schema);
    oracle->reader = avro_reader_memory("", 0);
    if (avro_generic_value_new(oracle->iface, &oracle->value) != 0) {
        avro_schema_decref(oracle->schema);
        avro_value_iface_decref(oracle->iface);
        avro_reader_free(oracle->reader);
        free(oracle);
        return NULL;
    }
    return oracle;
}

void nightjar_avro_close(nightjar_avro *oracle) {
    avro_value_decref(&oracle->value);
    avro_value_iface_decref(oracle->iface);
    avro_schema_decref(oracle->schema);
    avro_reader_free(oracle->reader);
    free(oracle);
}

int nightjar_avro_decode(nightjar_avro *oracle, const char *bytes, int64_t size) {
    avro_value_reset(&oracle->value);
    avro_reader_memory_set_source(oracle->reader, bytes, size);
    int status = avro_value_read(oracle->reader, &oracle->value);
    if (status != 0) return status;
    char rest;
    return avro_read(oracle->reader, &rest, 1) == 0 ? 1 : 0;
}

int nightjar_avro_json(nightjar_avro *oracle, char **json) { return avro_value_to_json(&oracle->value, 1, json); }

int64_t nightjar_avro_encode(nightjar_avro *oracle, char *room, int64_t size) {
    avro_writer_t writer = avro_writer_memory(room, size);
    int status = avro_value_write(writer, &oracle->value);
    int64_t written = avro_writer_tell(writer);
    avro_writer_free(writer);
    return status == 0 ? written : -1;
}

static int64_t walk(avro_value_t *value) {
    switch (avro_value_get_type(value)) {
    case AVRO_RECORD:
    case AVRO_ARRAY: {
        size_t count = 0;
        int64_t total = 0;
        avro_value_get_size(value, &count);
        for (size_t index = 0; index < count; index++) {
            avro_value_t child;
            if (avro_value_get_by_index(value, index, &child, NULL) == 0) total += walk(&child);
        }
        return total;
    }
    case AVRO_UNION: {
        avro_value_t branch;
        return avro_value_get_current_branch(value, &branch) == 0 ? walk(&branch) : 0;
    }
    default: return 1;
    }
}

int64_t nightjar_avro_walk(nightjar_avro *oracle) { return walk(&oracle->value); }
