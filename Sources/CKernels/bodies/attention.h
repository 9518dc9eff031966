// Causal attention, one head of one sequence at a time, in blocks of queries: what a block needs
// stays in cache, and little is computed above the diagonal.

enum { query_block = CK_QUERY_BLOCK };

// a·b for a packed b [inner, columns] of which the first `depth` rows count.
INLINE void packed_product(
    long rows, long columns, long depth, long inner, const float *a, long a_row, long a_column,
    const float *packed, float *c, long c_row, int accumulate) {
  struct ahead nothing = ahead(NULL, 0);
  for (long j = 0; j < columns; j += panel_width) {
    long width = smaller(columns - j, panel_width);
    panel_product(
        rows, width, depth, a, a_row, a_column, packed + j * inner,
        panel_vectors(width) * LANES, c + j, c_row, accumulate, &nothing);
  }
}

// Lays out b [inner, columns] as panels, one after the other.
INLINE void pack(
    const float *b, long b_row, long b_column, long inner, long columns, float *packed) {
  for (long j = 0; j < columns; j += panel_width)
    pack_panel(
        b + j * b_column, b_row, b_column, inner, smaller(columns - j, panel_width),
        packed + j * inner);
}

// x in the first `count` lanes, `other` in the rest.
INLINE lanes first_lanes(lanes x, long count, float other) {
  lanes_bits index;
  for (int l = 0; l < LANES; l++) index[l] = (uint32_t)l;
  return index < (uint32_t)count ? x : (lanes)other;
}

// row[i] becomes e^(scale · (row[i] − the largest)) for i < seen, and 0 up to `end`, a whole number
// of vectors; returns the sum.
INLINE float exponentiate(float *row, long seen, long end, float scale) {
  long last = (seen - 1) / LANES * LANES;
  loose_lanes *boundary = (loose_lanes *)(row + last);
  *boundary = first_lanes(*boundary, seen - last, -INFINITY);
  long whole = last + LANES;
  float sum = exponentials(row, row, whole, scale, largest(row, whole));
  *boundary = first_lanes(*boundary, seen - last, 0);
  for (long i = whole; i < end; i += LANES) *(loose_lanes *)(row + i) = (lanes){0};
  return sum;
}

INLINE long rounded_up(long count, long step) { return (count + step - 1) / step * step; }

// The places of one head of one sequence.
struct head {
  const float *query, *key, *value;
  float *weights, *inverse;
  long offset_query, offset_key, offset_value, offset_out;
};

INLINE struct head head_of(const struct ck_attention *s, const float *qkv, long sequence, long h) {
  long n = s->head_dim, group = s->heads / s->kv_heads;
  long row = sequence * s->seq_len * s->row;
  long index = sequence * s->heads + h;
  struct head at;
  at.offset_query = row + h * n;
  at.offset_key = row + (s->heads + h / group) * n;
  at.offset_value = at.offset_key + s->kv_heads * n;
  at.offset_out = sequence * s->seq_len * s->heads * n + h * n;
  at.query = qkv + at.offset_query;
  at.key = qkv + at.offset_key;
  at.value = qkv + at.offset_value;
  at.weights = s->weights + index * ck_attention_weights(s->seq_len);
  at.inverse = s->inverse + index * s->seq_len;
  return at;
}

static void head_forward(
    const struct ck_attention *s, struct head at, const float *keys, const float *values,
    float *out) {
  long n = s->head_dim, length = s->seq_len, width = s->heads * n;
  float scale = 1.0f / sqrtf((float)n);
  for (long block = 0; block < length; block += query_block) {
    long stride = block + query_block, after = smaller(length, stride);
    float *weights = at.weights + ck_attention_weights(block);
    for (long i = block; i < after; i += TILE_ROWS) {
      long rows = smaller(after - i, TILE_ROWS), seen = i + rows;
      float *scores = weights + (i - block) * stride;
      float *to = out + at.offset_out + i * width;
      packed_product(
          rows, smaller(rounded_up(seen, panel_width), length), n, n, at.query + i * s->row,
          s->row, 1, keys, scores, stride, 0);
      for (long r = 0; r < rows; r++)
        at.inverse[i + r] = 1.0f / exponentiate(scores + r * stride, i + r + 1, stride, scale);
      packed_product(rows, n, seen, length, scores, stride, 1, values, to, width, 0);
      for (long r = 0; r < rows; r++) {
        float inverse = at.inverse[i + r];
        float *row = to + r * width;
        for (long k = 0; k < n; k += LANES) store(row + k, inverse * load(row + k, n - k), n - k);
      }
    }
  }
}

void LEVEL(attention_forward)(const struct ck_attention *s, const float *qkv, float *out) {
  long n = s->head_dim, group = s->heads / s->kv_heads;
  float *keys = s->scratch, *values = keys + n * ck_attention_row(s->seq_len);
  for (long sequence = 0; sequence < s->sequences; sequence++)
    for (long h = 0; h < s->heads; h++) {
      struct head at = head_of(s, qkv, sequence, h);
      if (h % group == 0) {
        pack(at.key, 1, s->row, n, s->seq_len, keys);
        pack(at.value, s->row, 1, s->seq_len, n, values);
      }
      head_forward(s, at, keys, values, out);
    }
}

// Scratch of the backward pass.
struct attention_scratch {
  // Packed keys [s, n] and transposed values [n, s].
  float *keys, *values;
  // Of a block of queries: the gradient of the scores [block, s], of the outputs [block, n], and
  // packed queries and output gradients [block, n].
  float *dscores, *dout, *packed_queries, *packed_dout;
};

// With e the exponentials of a row and Σe = 1/inverse, the weights are p = e · inverse; and with
// g = inverse · dout the gradient of the scores is scale · e · (v·g − out·g): the weights themselves
// are never needed.
static void block_backward(
    const struct ck_attention *s, struct head at, struct attention_scratch x, const float *out,
    const float *dout, float *dqkv, long i, int accumulate) {
  long n = s->head_dim, length = s->seq_len, width = s->heads * n;
  long stride = i + query_block;
  long rows = smaller(length - i, query_block), seen = i + rows;
  float scale = 1.0f / sqrtf((float)n);
  const float *weights = at.weights + ck_attention_weights(i);
  const float *o = out + at.offset_out + i * width, *d = dout + at.offset_out + i * width;
  for (long r = 0; r < rows; r++) {
    float inverse = at.inverse[i + r];
    const float *from = d + r * width;
    float *to = x.dout + r * n;
    for (long k = 0; k < n; k += LANES) store(to + k, inverse * load(from + k, n - k), n - k);
  }
  packed_product(
      rows, smaller(rounded_up(seen, panel_width), length), n, n, x.dout, n, 1, x.values,
      x.dscores, stride, 0);
  for (long r = 0; r < rows; r++) {
    float along = short_dot(x.dout + r * n, o + r * width, n);
    const float *e = weights + r * stride;
    float *ds = x.dscores + r * stride;
    for (long j = 0; j < rounded_up(seen, 16); j += LANES) {
      lanes weight = *(const loose_lanes *)(e + j);
      lanes slope = *(const loose_lanes *)(ds + j);
      *(loose_lanes *)(ds + j) = weight * scale * (slope - along);
    }
  }
  packed_product(
      rows, n, seen, length, x.dscores, stride, 1, x.keys, dqkv + at.offset_query + i * s->row,
      s->row, 0);
  pack(at.query + i * s->row, s->row, 1, rows, n, x.packed_queries);
  packed_product(
      seen, n, rows, rows, x.dscores, 1, stride, x.packed_queries, dqkv + at.offset_key, s->row,
      accumulate);
  pack(x.dout, n, 1, rows, n, x.packed_dout);
  packed_product(
      seen, n, rows, rows, weights, 1, stride, x.packed_dout, dqkv + at.offset_value, s->row,
      accumulate);
}

void LEVEL(attention_backward)(
    const struct ck_attention *s, const float *qkv, const float *out, const float *dout,
    float *dqkv) {
  long n = s->head_dim, length = s->seq_len, group = s->heads / s->kv_heads;
  long stride = ck_attention_row(length), width = ck_attention_row(n);
  struct attention_scratch x;
  x.keys = s->scratch;
  x.values = x.keys + length * width;
  x.dscores = x.values + n * stride;
  x.dout = x.dscores + query_block * stride;
  x.packed_queries = x.dout + query_block * width;
  x.packed_dout = x.packed_queries + query_block * width;
  for (long sequence = 0; sequence < s->sequences; sequence++)
    for (long h = 0; h < s->heads; h++) {
      struct head at = head_of(s, qkv, sequence, h);
      int is_first = h % group == 0;
      if (is_first) {
        pack(at.key, s->row, 1, length, n, x.keys);
        pack(at.value, 1, s->row, n, length, x.values);
      }
      // The last block sees every key: it sets the gradients of keys and values, the others, and
      // the other heads of the group, add to them.
      long last = (length - 1) / query_block * query_block;
      for (long i = last; i >= 0; i -= query_block)
        block_backward(s, at, x, out, dout, dqkv, i, !(is_first && i == last));
    }
}
