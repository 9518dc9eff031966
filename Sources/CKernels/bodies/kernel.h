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

// e^x to about 2 units in the last place, without a branch or a call: e^x = 2^n · e^r with
// |r| ≤ ln2/2 and a polynomial in r (the coefficients are those of Cephes's expf). Arguments below
// −87 give e^−87, about 1e-38.
INLINE float exponential(float x) {
  x = x < -87.0f ? -87.0f : x;
  x = x > 88.0f ? 88.0f : x;
  // Adding 1.5·2^23 rounds to an integer that then sits in the low bits.
  float shifted = x * 1.44269504f + 12582912.0f;
  float n = shifted - 12582912.0f;
  float r = x - n * 0.693359375f;
  r = r - n * -2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  uint32_t bits;
  memcpy(&bits, &shifted, 4);
  bits = (bits << 23) + 0x3f800000u;
  float power;
  memcpy(&power, &bits, 4);
  return p * power;
}

INLINE float sigmoid(float x) { return 1.0f / (1.0f + exponential(-x)); }

// The largest of x; in lanes by hand, since a comparison may not be reordered by the compiler.
INLINE float largest(const float *x, long count) {
  float lane[16];
  long i = 0;
  float best = -INFINITY;
  if (count >= 16) {
    for (int l = 0; l < 16; l++) lane[l] = x[l];
    for (i = 16; i + 16 <= count; i += 16)
      for (int l = 0; l < 16; l++) lane[l] = x[i + l] > lane[l] ? x[i + l] : lane[l];
    for (int l = 0; l < 16; l++) best = lane[l] > best ? lane[l] : best;
  }
  for (; i < count; i++) best = x[i] > best ? x[i] : best;
  return best;
}

INLINE float dot(const float *a, const float *b, long count) {
  SUM_IN_LANES
  float sum = 0;
  for (long i = 0; i < count; i++) sum += a[i] * b[i];
  return sum;
}

// out[i] = e^(x[i] − shift); returns their sum.
INLINE float exponentials(const float *x, float *out, long count, float shift) {
  SUM_IN_LANES
  float sum = 0;
  for (long i = 0; i < count; i++) {
    float e = exponential(x[i] - shift);
    out[i] = e;
    sum += e;
  }
  return sum;
}

#endif
