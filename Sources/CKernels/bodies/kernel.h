// What every kernel shares: the level it is compiled for, and the exponential.
//
// A level's file defines LEVEL(name), the name of a kernel at that level; LANES, the floats of a
// vector; TILE_ROWS, the rows of a product that fit into the registers; and includes bodies.h.
#ifndef KERNEL_H
#define KERNEL_H

// A helper must be inlined into its kernel to be compiled for the kernel's width.
#define INLINE static inline __attribute__((always_inline))

// Lets a sum run in as many lanes as the processor has; stands first in a block.
#define SUM_IN_LANES _Pragma("clang fp reassociate(on)")

// Short rows (a head, an expert) would all end in the scalar rest of an unrolled loop.
#define SHORT_ROWS _Pragma("clang loop vectorize(enable) interleave_count(1)")

typedef float lanes __attribute__((ext_vector_type(LANES)));
typedef uint32_t lanes_bits __attribute__((ext_vector_type(LANES)));
// The same, anywhere in memory.
typedef float loose_lanes __attribute__((ext_vector_type(LANES), aligned(4)));

INLINE long smaller(long a, long b) { return a < b ? a : b; }

// The first `count` floats of x, at most a vector of them, the others 0; and back. Loops over short
// rows take whole vectors this way: what a compiler makes of them spends as long on its checks.
INLINE lanes load(const float *x, long count) {
  if (count >= LANES) return *(const loose_lanes *)x;
  lanes some = {0};
  memcpy(&some, x, sizeof(float) * count);
  return some;
}
INLINE void store(float *x, lanes value, long count) {
  if (count >= LANES)
    *(loose_lanes *)x = value;
  else
    memcpy(x, &value, sizeof(float) * count);
}

// 2^y for y ≤ 127, without a branch or a call: 2^y = 2^n · 2^r with |r| ≤ 1/2 and a polynomial in r,
// one at r = 0, whose relative error is at most 1.6e-7 (found by reweighted least squares). Adding
// 1.5·2^23 rounds to an integer that then sits in the low bits. y below −126 gives 2^−126.
#define DEFINE_POWER_OF_TWO(name, number, integer) \
  INLINE number name(number y) {                   \
    y = y < -126.0f ? (number)-126.0f : y;         \
    number shifted = y + 12582912.0f;              \
    number r = y - (shifted - 12582912.0f);        \
    number p = (number)1.326472726e-03f;           \
    p = p * r + 9.671512710e-03f;                  \
    p = p * r + 5.550733744e-02f;                  \
    p = p * r + 2.402224208e-01f;                  \
    p = p * r + 6.931469776e-01f;                  \
    p = p * r + 1.0f;                              \
    integer bits;                                  \
    memcpy(&bits, &shifted, sizeof bits);          \
    bits = (bits << 23) + 0x3f800000u;             \
    number power;                                  \
    memcpy(&power, &bits, sizeof power);           \
    return p * power;                              \
  }
DEFINE_POWER_OF_TWO(power_of_two, float, uint32_t)
// Of each lane: for loops whose last lanes must not be left to scalar code.
DEFINE_POWER_OF_TWO(powers_of_two, lanes, lanes_bits)
#undef DEFINE_POWER_OF_TWO

// log2(e).
#define LOG2_E 1.44269504f

// e^x for x ≤ 88, to a relative error of about (1 + |x|)·1e-7.
INLINE float exponential(float x) { return power_of_two(x * LOG2_E); }

INLINE lanes sigmoids(lanes x) {
  lanes y = x * -LOG2_E;
  return 1.0f / (1.0f + powers_of_two(y > 127.0f ? (lanes)127.0f : y));
}

INLINE float sigmoid(float x) {
  float y = x * -LOG2_E;
  return 1.0f / (1.0f + power_of_two(y > 127.0f ? 127.0f : y));
}

// Over the lanes, in halves: the same order on every processor of a width, and a short chain.
INLINE float sum_of(lanes x) {
  float part[LANES];
  memcpy(part, &x, sizeof part);
#pragma clang loop unroll(full)
  for (int half = LANES / 2; half > 0; half /= 2)
    for (int l = 0; l < half; l++) part[l] += part[l + half];
  return part[0];
}

INLINE float largest_of(lanes x) {
  float part[LANES];
  memcpy(part, &x, sizeof part);
#pragma clang loop unroll(full)
  for (int half = LANES / 2; half > 0; half /= 2)
    for (int l = 0; l < half; l++) part[l] = part[l + half] > part[l] ? part[l + half] : part[l];
  return part[0];
}

// The largest of x; in lanes by hand, since a comparison may not be reordered by the compiler.
INLINE float largest(const float *x, long count) {
  lanes top = (lanes)-INFINITY;
  long i = 0;
  for (; i + LANES <= count; i += LANES) {
    lanes here = *(const loose_lanes *)(x + i);
    top = here > top ? here : top;
  }
  float best = largest_of(top);
  for (; i < count; i++) best = x[i] > best ? x[i] : best;
  return best;
}

// For short rows.
INLINE float short_dot(const float *a, const float *b, long count) {
  lanes sums = {0};
  for (long i = 0; i < count; i += LANES) sums += load(a + i, count - i) * load(b + i, count - i);
  return sum_of(sums);
}

INLINE float dot(const float *a, const float *b, long count) {
  SUM_IN_LANES
  float sum = 0;
  for (long i = 0; i < count; i++) sum += a[i] * b[i];
  return sum;
}

// out[i] = e^(scale · (x[i] − shift)) for x ≤ shift; returns their sum.
INLINE float exponentials(const float *x, float *out, long count, float scale, float shift) {
  float factor = scale * LOG2_E, offset = factor * shift;
  lanes sums = {0};
  long i = 0;
  for (; i + LANES <= count; i += LANES) {
    lanes e = powers_of_two(*(const loose_lanes *)(x + i) * factor - offset);
    *(loose_lanes *)(out + i) = e;
    sums += e;
  }
  float sum = sum_of(sums);
  for (; i < count; i++) {
    out[i] = power_of_two(x[i] * factor - offset);
    sum += out[i];
  }
  return sum;
}

#endif
