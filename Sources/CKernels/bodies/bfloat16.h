// x to the nearest number with 8 bits of significand, ties to even, as the upper half of a float.
// A NaN keeps its upper bits and becomes a quiet one: rounding could carry it into an infinity.
INLINE uint32_t bfloat16_bits(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  uint32_t nearest = bits + 0x7fffu + (bits >> 16 & 1u);
  return ((bits & 0x7fffffffu) > 0x7f800000u ? bits | 0x400000u : nearest) & 0xffff0000u;
}

void LEVEL(to_bfloat16)(const float *x, long stride, uint16_t *out, long rows, long columns) {
  for (long r = 0; r < rows; r++, x += stride, out += columns)
    for (long i = 0; i < columns; i++) out[i] = (uint16_t)(bfloat16_bits(x[i]) >> 16);
}

void LEVEL(round_to_bfloat16)(const float *x, long stride, float *out, long rows, long columns) {
  for (long r = 0; r < rows; r++, x += stride, out += columns)
    for (long i = 0; i < columns; i++) {
      uint32_t bits = bfloat16_bits(x[i]);
      memcpy(out + i, &bits, sizeof bits);
    }
}
