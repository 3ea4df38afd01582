#pragma once
// libavro: the independent oracle of the decoder, used by tests and `bench decode-libavro` only.
#include <avro.h>
#include <stdlib.h>

// avro_value_t's methods are function-like macros, which Swift does not import.
static inline int nightjar_avro_decode(avro_value_iface_t *iface, const char *bytes, int64_t size, avro_value_t *value) {
    (void)iface;
    avro_reader_t reader = avro_reader_memory(bytes, size);
    int status = avro_value_read(reader, value);
    avro_reader_free(reader);
    return status;
}
static inline int nightjar_avro_reset(avro_value_t *value) { return avro_value_reset(value); }
static inline void nightjar_avro_decref(avro_value_t *value) { avro_value_decref(value); }
static inline int nightjar_avro_to_json(const avro_value_t *value, char **json) { return avro_value_to_json(value, 1, json); }
