// A layer's experts, one after the other: what one of them needs stays in cache from the gathering
// of its tokens to the scattering of its outputs.

enum { chunk_rows = CK_EXPERT_ROWS };

// Parts of the scratch memory, [chunk, ...].
struct expert_scratch {
  float *x, *y, *dx, *dgate_up, *dactivated, *scaled;
};

INLINE struct expert_scratch expert_scratch(const struct ck_experts *e) {
  struct expert_scratch s;
  s.x = e->scratch;
  s.y = s.x + chunk_rows * e->d;
  s.dx = s.y + chunk_rows * e->d;
  s.dgate_up = s.dx + chunk_rows * e->d;
  s.dactivated = s.dgate_up + chunk_rows * 2 * e->width;
  s.scaled = s.dactivated + chunk_rows * e->width;
  return s;
}

void LEVEL(experts_forward)(const struct ck_experts *e, const float *x, float *y) {
  long d = e->d, width = e->width;
  struct expert_scratch s = expert_scratch(e);
  for (long i = 0; i < e->count; i++) {
    const float *gate_up = e->gate_up + i * d * 2 * width;
    const float *down = e->down + i * width * d;
    int is_last = i + 1 == e->count;
    const float *next_gate_up = is_last ? NULL : gate_up + d * 2 * width;
    const float *next_down = is_last ? NULL : down + width * d;
    for (long start = e->starts[i]; start < e->starts[i + 1]; start += chunk_rows) {
      long rows = smaller(e->starts[i + 1] - start, chunk_rows);
      float *slopes = e->slopes + start * 2 * width;
      float *activated = e->activated + start * width;
      LEVEL(gather_rows)(x, e->tokens + start, s.x, rows, d);
      product(
          s.x, d, 1, gate_up, 2 * width, 1, slopes, 2 * width, rows, 2 * width, d, 0,
          ahead(next_gate_up, d * 2 * width));
      LEVEL(swiglu_forward)(slopes, activated, rows, width);
      product(
          activated, width, 1, down, d, 1, s.y, d, rows, d, width, 0, ahead(next_down, width * d));
      LEVEL(scatter_add_rows)(s.y, e->tokens + start, e->weights + start, y, rows, d);
    }
  }
}

double LEVEL(experts_backward)(
    const struct ck_experts *e, const float *x, const float *dy, float *dx, float *dgate_up,
    float *ddown, float *dweights) {
  long d = e->d, width = e->width;
  struct expert_scratch s = expert_scratch(e);
  double squares = 0;
  for (long i = 0; i < e->count; i++) {
    long size = width * d;
    const float *gate_up = e->gate_up + i * 2 * size;
    const float *down = e->down + i * size;
    float *to_gate_up = dgate_up + i * 2 * size;
    float *to_down = ddown + i * size;
    long first = e->starts[i], end = e->starts[i + 1];
    if (first == end) {
      memset(to_gate_up, 0, sizeof(float) * 2 * size);
      memset(to_down, 0, sizeof(float) * size);
      continue;
    }
    int is_last = i + 1 == e->count;
    const float *next_gate_up = is_last ? NULL : gate_up + 2 * size;
    const float *next_down = is_last ? NULL : down + size;
    for (long start = first; start < end; start += chunk_rows) {
      long rows = smaller(end - start, chunk_rows);
      const float *activated = e->activated + start * width;
      int adds = start > first;
      LEVEL(gather_rows)(dy, e->tokens + start, s.y, rows, d);
      product(
          s.y, d, 1, down, 1, d, s.dactivated, width, rows, width, d, 0, ahead(to_down, size));
      LEVEL(swiglu_backward)(
          e->slopes + start * 2 * width, activated, e->weights + start, s.dactivated, s.dgate_up,
          dweights + start, s.scaled, rows, width);
      product(
          s.scaled, 1, width, s.y, d, 1, to_down, d, width, d, rows, adds,
          ahead(to_gate_up, 2 * size));
      product(
          s.dgate_up, 2 * width, 1, gate_up, 1, 2 * width, s.dx, d, rows, d, 2 * width, 0,
          ahead(next_gate_up, 2 * size));
      LEVEL(scatter_add_rows)(s.dx, e->tokens + start, NULL, dx, rows, d);
      LEVEL(gather_rows)(x, e->tokens + start, s.x, rows, d);
      product(
          s.x, 1, d, s.dgate_up, 2 * width, 1, to_gate_up, 2 * width, d, 2 * width, rows, adds,
          ahead(next_down, size));
    }
    squares += LEVEL(sum_of_squares)(to_gate_up, 2 * size);
    squares += LEVEL(sum_of_squares)(to_down, size);
  }
  return squares;
}
