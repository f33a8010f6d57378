package io.paritree.forest;

/**
 * {@code expf} and {@code logf} with the bits that glibc gives on every CPU with FMA.
 *
 * <p>Ports of Arm's "optimized routines" (math/expf.c, math/logf.c and their tables), Copyright (c)
 * 2017-2018 Arm Limited, SPDX-License-Identifier: MIT OR Apache-2.0 WITH LLVM-exception. All
 * arithmetic is in double, and the result is rounded once. glibc runs these functions with fused
 * multiply-add; the plain form used here differs from it at two inputs of {@code expf} out of all
 * 2^32. The results for these two are constants, so that the result does not depend on the CPU and
 * needs no fused multiply-add.
 */
public final class FloatMath {
  private static final double INV_LN2_N = 0x1.71547652b82fep+0 * 32;
  private static final double SHIFT = 0x1.8p52;
  private static final double C0 = 0x1.c6af84b912394p-5 / 32 / 32 / 32;
  private static final double C1 = 0x1.ebfce50fac4f3p-3 / 32 / 32;
  private static final double C2 = 0x1.62e42ff0c52d6p-1 / 32;

  private static final float OVERFLOW = 0x1.62e42ep6f;
  private static final float UNDERFLOW = -0x1.9fe368p6f;

  private static final int FIRST_FUSED_BITS = 0x4202422f;
  private static final float FIRST_FUSED = Float.intBitsToFloat(0x56fc9f1c);
  private static final int SECOND_FUSED_BITS = 0xc27c65d9;
  private static final float SECOND_FUSED = Float.intBitsToFloat(0x11fa2993);

  /** Bits of 2^(i/32), minus i << 47. */
  private static final long[] EXP_TABLE = {
    0x3ff0000000000000L, 0x3fefd9b0d3158574L, 0x3fefb5586cf9890fL, 0x3fef9301d0125b51L,
    0x3fef72b83c7d517bL, 0x3fef54873168b9aaL, 0x3fef387a6e756238L, 0x3fef1e9df51fdee1L,
    0x3fef06fe0a31b715L, 0x3feef1a7373aa9cbL, 0x3feedea64c123422L, 0x3feece086061892dL,
    0x3feebfdad5362a27L, 0x3feeb42b569d4f82L, 0x3feeab07dd485429L, 0x3feea47eb03a5585L,
    0x3feea09e667f3bcdL, 0x3fee9f75e8ec5f74L, 0x3feea11473eb0187L, 0x3feea589994cce13L,
    0x3feeace5422aa0dbL, 0x3feeb737b0cdc5e5L, 0x3feec49182a3f090L, 0x3feed503b23e255dL,
    0x3feee89f995ad3adL, 0x3feeff76f2fb5e47L, 0x3fef199bdd85529cL, 0x3fef3720dcef9069L,
    0x3fef5818dcfba487L, 0x3fef7c97337b9b5fL, 0x3fefa4afa2a490daL, 0x3fefd0765b6e4540L
  };

  private static final double A0 = -0x1.00ea348b88334p-2;
  private static final double A1 = 0x1.5575b0be00b6ap-2;
  private static final double A2 = -0x1.ffffef20a4123p-2;
  private static final double LN2 = 0x1.62e42fefa39efp-1;

  private static final double[] INVERSE_C = {
    0x1.661ec79f8f3bep+0, 0x1.571ed4aaf883dp+0, 0x1.49539f0f010bp+0, 0x1.3c995b0b80385p+0,
    0x1.30d190c8864a5p+0, 0x1.25e227b0b8eap+0, 0x1.1bb4a4a1a343fp+0, 0x1.12358f08ae5bap+0,
    0x1.0953f419900a7p+0, 0x1p+0, 0x1.e608cfd9a47acp-1, 0x1.ca4b31f026aap-1,
    0x1.b2036576afce6p-1, 0x1.9c2d163a1aa2dp-1, 0x1.886e6037841edp-1, 0x1.767dcf5534862p-1
  };

  private static final double[] LOG_C = {
    -0x1.57bf7808caadep-2, -0x1.2bef0a7c06ddbp-2, -0x1.01eae7f513a67p-2, -0x1.b31d8a68224e9p-3,
    -0x1.6574f0ac07758p-3, -0x1.1aa2bc79c81p-3, -0x1.a4e76ce8c0e5ep-4, -0x1.1973c5a611cccp-4,
    -0x1.252f438e10c1ep-5, 0x0p+0, 0x1.aa5aa5df25984p-5, 0x1.c5e53aa362eb4p-4,
    0x1.526e57720db08p-3, 0x1.bc2860d22477p-3, 0x1.1058bc8a07ee1p-2, 0x1.4043057b6ee09p-2
  };

  private FloatMath() {}

  /** Returns e to the power of {@code x}, as glibc's {@code expf}. */
  public static float expf(float x) {
    if (!(x >= UNDERFLOW && x <= OVERFLOW)) {
      return outsideOfRange(x);
    }

    int bits = Float.floatToRawIntBits(x);
    if (bits == FIRST_FUSED_BITS || bits == SECOND_FUSED_BITS) {
      return bits == FIRST_FUSED_BITS ? FIRST_FUSED : SECOND_FUSED;
    }

    double z = INV_LN2_N * x;
    double shifted = z + SHIFT;
    long k = Double.doubleToRawLongBits(shifted);
    double r = z - (shifted - SHIFT);
    double scale = Double.longBitsToDouble(EXP_TABLE[(int) (k & 31)] + (k << 47));
    double p = C0 * r + C1;
    double q = C2 * r + 1.0;
    double y = p * (r * r) + q;
    return (float) (y * scale);
  }

  private static float outsideOfRange(float x) {
    if (Float.isNaN(x)) {
      return x;
    }

    return x > 0f ? Float.POSITIVE_INFINITY : 0f;
  }

  /** Returns the natural logarithm of {@code x}, as glibc's {@code logf}. */
  public static float logf(float x) {
    int bits = Float.floatToRawIntBits(x);
    if (x == 1f) {
      return 0f;
    }

    if (x == 0f) {
      return Float.NEGATIVE_INFINITY;
    }

    if (Float.isNaN(x) || x < 0f) {
      return Float.NaN;
    }

    if (x == Float.POSITIVE_INFINITY) {
      return x;
    }

    if (bits < 0x00800000) {
      bits = Float.floatToRawIntBits(x * 0x1p23f) - (23 << 23);
    }

    int offset = bits - 0x3f330000;
    int i = (offset >>> 19) & 15;
    int k = offset >> 23;
    double z = Float.intBitsToFloat(bits - (offset & 0xff800000));
    double r = z * INVERSE_C[i] - 1.0;
    double y0 = LOG_C[i] + k * LN2;
    double r2 = r * r;
    double y = A1 * r + A2;
    y = A0 * r2 + y;
    y = y * r2 + (y0 + r);
    return (float) y;
  }

  /**
   * Returns {@code log(1 + x)}, correctly rounded unless it is so close to a tie of two floats that
   * a double cannot decide.
   */
  static float log1pf(float x) {
    return (float) Math.log1p(x);
  }

  /**
   * Returns {@code e^x - 1}, correctly rounded unless it is so close to a tie of two floats that a
   * double cannot decide.
   */
  public static float expm1f(float x) {
    return (float) Math.expm1(x);
  }
}
