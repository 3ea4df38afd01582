#pragma once
// libavro: the independent oracle of the decoder, used by tests and `bench decode-libavro` only.
#include <avro.h>
#include <stdlib.h>

// A schema with its generic value, made once and read into again and again.
typedef struct {
    avro_schema_t schema;
    avro_value_iface_t *iface;
    avro_value_t value;
    avro_reader_t reader;
} nightjar_avro;

// NULL when libavro does not take the schema.
nightjar_avro *nightjar_avro_open(const char *json, size_t size);
void nightjar_avro_close(nightjar_avro *oracle);
// 0 when the bytes are one value of the schema and nothing else, 1 when bytes are left, else libavro's error.
int nightjar_avro_decode(nightjar_avro *oracle, const char *bytes, int64_t size);
// The last value as JSON, to be freed by the caller.
int nightjar_avro_json(nightjar_avro *oracle, char **json);
// The last value encoded again; answers its size, or -1.
int64_t nightjar_avro_encode(nightjar_avro *oracle, char *room, int64_t size);
// How many fields a record value has whose value can be reached: a walk as a consumer does it.
int64_t nightjar_avro_walk(nightjar_avro *oracle);
