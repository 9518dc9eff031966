// Small matrix products, where the overhead of a call to a library is larger than the product.

enum {
  // A panel is this many columns of b, side by side, so that a tile reads it from end to end.
  panel_width = 2 * LANES,
  // Rows of b that a panel holds: it stays in the first-level cache.
  panel_rows = 256,
  few_rows = 96,
};

// c[rows, vectors · LANES] = or += a·b, rows of b b_row apart. `rows` and `vectors` are constants
// after inlining, so that every sum has a register.
INLINE void tile(
    const int rows, const int vectors, long inner, const float *a, long a_row, long a_column,
    const float *b, long b_row, float *c, long c_row, int accumulate) {
  lanes sum[TILE_ROWS][2];
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++)
    for (int v = 0; v < vectors; v++) sum[r][v] = (lanes){0};
  for (long k = 0; k < inner; k++, a += a_column, b += b_row) {
    const loose_lanes *row = (const loose_lanes *)b;
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++)
      for (int v = 0; v < vectors; v++) sum[r][v] += a[r * a_row] * row[v];
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++)
    for (int v = 0; v < vectors; v++) {
      loose_lanes *to = (loose_lanes *)(c + r * c_row + v * LANES);
      *to = accumulate ? *to + sum[r][v] : sum[r][v];
    }
}

#define TILE(n) \
  case n: \
    tile(n, vectors, inner, a, a_row, a_column, b, b_row, c, c_row, accumulate); \
    break;

INLINE void tile_rows(
    long rows, const int vectors, long inner, const float *a, long a_row, long a_column,
    const float *b, long b_row, float *c, long c_row, int accumulate) {
  switch (rows) {
    TILE(1) TILE(2) TILE(3) TILE(4)
#if TILE_ROWS > 4
    TILE(5) TILE(6)
#endif
#if TILE_ROWS > 6
    TILE(7) TILE(8) TILE(9) TILE(10) TILE(11) TILE(12)
#endif
  }
}

// Vectors that a panel of so many columns takes: 1 or 2.
INLINE long panel_vectors(long columns) { return columns > LANES ? 2 : 1; }

// Up to TILE_ROWS rows of c; b has panel_vectors(columns) vectors a row, of which `columns` count.
static void panel_tile(
    long rows, long columns, long inner, const float *a, long a_row, long a_column,
    const float *b, long b_row, float *c, long c_row, int accumulate) {
  float whole[TILE_ROWS * panel_width];
  long width = panel_vectors(columns) * LANES;
  int fits = columns == width;
  float *to = fits ? c : whole;
  long to_row = fits ? c_row : panel_width;
  int adds = fits && accumulate;
  if (width == LANES)
    tile_rows(rows, 1, inner, a, a_row, a_column, b, b_row, to, to_row, adds);
  else
    tile_rows(rows, 2, inner, a, a_row, a_column, b, b_row, to, to_row, adds);
  if (fits) return;
  for (long r = 0; r < rows; r++)
    for (long i = 0; i < columns; i++) {
      float value = whole[r * panel_width + i];
      c[r * c_row + i] = accumulate ? c[r * c_row + i] + value : value;
    }
}

// Memory that the next product will read or write, asked for a little at every tile of this one: a
// burst of requests would wait for the memory as long as the product itself does without them.
struct ahead {
  const float *next;
  // Floats left, and to ask for at each tile, whole cache lines.
  long left, at_once;
};

INLINE struct ahead ahead(const float *next, long count) {
  return (struct ahead){next, next ? count : 0, 0};
}

INLINE void fetch(struct ahead *ahead) {
  long count = ahead->left < ahead->at_once ? ahead->left : ahead->at_once;
  for (long i = 0; i < count; i += 16) __builtin_prefetch(ahead->next + i, 0, 2);
  ahead->next += count;
  ahead->left -= count;
}

// c[rows, columns] = or += a·b, the rows cut into equal tiles.
INLINE void panel_product(
    long rows, long columns, long inner, const float *a, long a_row, long a_column,
    const float *b, long b_row, float *c, long c_row, int accumulate, struct ahead *ahead) {
  long tiles = (rows + TILE_ROWS - 1) / TILE_ROWS;
  for (; tiles > 0; tiles--) {
    long height = (rows + tiles - 1) / tiles;
    fetch(ahead);
    panel_tile(height, columns, inner, a, a_row, a_column, b, b_row, c, c_row, accumulate);
    rows -= height;
    a += height * a_row;
    c += height * c_row;
  }
}

typedef float eight __attribute__((vector_size(32), aligned(4)));

// to[k·width + j] = b[j·stride + k] for eight j and eight k.
INLINE void transpose_block(const float *b, long stride, float *to, long width) {
  eight r[8], s[8];
  for (int j = 0; j < 8; j++) r[j] = *(const eight *)(b + j * stride);
  for (int j = 0; j < 8; j += 2) {
    s[j] = __builtin_shufflevector(r[j], r[j + 1], 0, 8, 2, 10, 4, 12, 6, 14);
    s[j + 1] = __builtin_shufflevector(r[j], r[j + 1], 1, 9, 3, 11, 5, 13, 7, 15);
  }
  for (int j = 0; j < 8; j += 4)
    for (int i = 0; i < 2; i++) {
      r[j + i] = __builtin_shufflevector(s[j + i], s[j + 2 + i], 0, 1, 8, 9, 4, 5, 12, 13);
      r[j + 2 + i] = __builtin_shufflevector(s[j + i], s[j + 2 + i], 2, 3, 10, 11, 6, 7, 14, 15);
    }
  for (int i = 0; i < 4; i++) {
    *(eight *)(to + i * width) =
        __builtin_shufflevector(r[i], r[4 + i], 0, 1, 2, 3, 8, 9, 10, 11);
    *(eight *)(to + (4 + i) * width) =
        __builtin_shufflevector(r[i], r[4 + i], 4, 5, 6, 7, 12, 13, 14, 15);
  }
}

// Copies `columns` ≤ panel_width columns of b [inner, columns] into a panel, the rest filled with
// zeros; either step of b is 1.
INLINE void pack_panel(
    const float *b, long b_row, long b_column, long inner, long columns, float *panel) {
  long width = panel_vectors(columns) * LANES;
  if (b_column == 1 && columns == width) {
    for (long k = 0; k < inner; k++)
      for (long v = 0; v < width; v += LANES)
        *(loose_lanes *)(panel + k * width + v) = *(const loose_lanes *)(b + k * b_row + v);
    return;
  }
  long blocked_columns = 0, blocked_rows = 0;
  if (b_row == 1) {
    blocked_columns = columns / 8 * 8;
    blocked_rows = inner / 8 * 8;
    for (long k = 0; k < blocked_rows; k += 8)
      for (long j = 0; j < blocked_columns; j += 8)
        transpose_block(b + j * b_column + k, b_column, panel + k * width + j, width);
  }
  for (long k = 0; k < inner; k++)
    for (long j = k < blocked_rows ? blocked_columns : 0; j < width; j++)
      panel[k * width + j] = j < columns ? b[k * b_row + j * b_column] : 0;
}

static void product(
    const float *a, long a_row, long a_column, const float *b, long b_row, long b_column, float *c,
    long c_row, long rows, long columns, long inner, int accumulate, struct ahead ahead) {
  float panel[panel_rows * panel_width] __attribute__((aligned(64)));
  long tiles = ((rows + TILE_ROWS - 1) / TILE_ROWS) * ((columns + panel_width - 1) / panel_width);
  ahead.at_once = (ahead.left / tiles + 16) / 16 * 16;
  for (long k = 0; k < inner; k += panel_rows) {
    long depth = smaller(inner - k, panel_rows);
    for (long j = 0; j < columns; j += panel_width) {
      long width = smaller(columns - j, panel_width);
      const float *from = b + k * b_row + j * b_column;
      long from_row = b_row;
      // Packing costs more than it gains where few rows read the panel.
      if (rows > few_rows || b_column != 1 || width % LANES != 0) {
        pack_panel(from, b_row, b_column, depth, width, panel);
        from = panel;
        from_row = panel_vectors(width) * LANES;
      }
      panel_product(
          rows, width, depth, a + k * a_column, a_row, a_column, from, from_row, c + j, c_row,
          accumulate || k > 0, &ahead);
    }
  }
}

void LEVEL(product)(
    const float *a, long a_row, long a_column, const float *b, long b_row, long b_column, float *c,
    long c_row, long rows, long columns, long inner, int accumulate) {
  product(
      a, a_row, a_column, b, b_row, b_column, c, c_row, rows, columns, inner, accumulate,
      ahead(NULL, 0));
}
