/** IEEE 754 binary32 and binary64. */
export const FLOAT_LAYOUT = {
  32: { fractionBits: 23, exponentMask: 0x7f800000n, bias: 127 },
  64: { fractionBits: 52, exponentMask: 0x7ff0000000000000n, bias: 1023 },
} as const;
