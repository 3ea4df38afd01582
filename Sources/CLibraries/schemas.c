// The bundled alert schemas, compiled in, so that one binary works without the folder.
#include "include/schemas_all.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

#define BUNDLED(symbol) {symbol##_id, symbol, sizeof symbol}

enum {
    v7_0_id = 700, v7_1_id = 701, v7_2_id = 702, v7_3_id = 703, v7_4_id = 704,
    v8_0_id = 800, v9_0_id = 900, v10_0_id = 1000, v11_0_id = 1100, v11_1_id = 1101,
};

static const unsigned char v7_0[] = {
#embed "../../Schemas/lsst/7.0.json"
};
static const unsigned char v7_1[] = {
#embed "../../Schemas/lsst/7.1.json"
};
static const unsigned char v7_2[] = {
#embed "../../Schemas/lsst/7.2.json"
};
static const unsigned char v7_3[] = {
#embed "../../Schemas/lsst/7.3.json"
};
static const unsigned char v7_4[] = {
#embed "../../Schemas/lsst/7.4.json"
};
static const unsigned char v8_0[] = {
#embed "../../Schemas/lsst/8.0.json"
};
static const unsigned char v9_0[] = {
#embed "../../Schemas/lsst/9.0.json"
};
static const unsigned char v10_0[] = {
#embed "../../Schemas/lsst/10.0.json"
};
static const unsigned char v11_0[] = {
#embed "../../Schemas/lsst/11.0.json"
};
static const unsigned char v11_1[] = {
#embed "../../Schemas/lsst/11.1.json"
};

static const nightjar_schema schemas[] = {
    BUNDLED(v7_0), BUNDLED(v7_1), BUNDLED(v7_2), BUNDLED(v7_3),  BUNDLED(v7_4),
    BUNDLED(v8_0), BUNDLED(v9_0), BUNDLED(v10_0), BUNDLED(v11_0), BUNDLED(v11_1),
};

const nightjar_schema *nightjar_schemas(size_t *count) {
    *count = sizeof schemas / sizeof schemas[0];
    return schemas;
}
