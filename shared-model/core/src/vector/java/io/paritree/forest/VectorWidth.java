package io.paritree.forest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * How wide the vectors of {@link WideSlices} are in this JVM: 512 bits where that is worth it,
 * otherwise 256.
 *
 * <p>512 bits need a CPU that permutes the bytes of a vector (AVX512_VBMI), which takes the place
 * of gathers. Those with AVX-512 but without it, of 2017 to 2020, also lower their clock for such
 * vectors. The JVM does not say which it is, but Linux does; elsewhere vectors have 256 bits. The
 * system property {@code paritree.vector.bits}, 256 or 512, decides otherwise: for tests.
 */
final class VectorWidth {
  static final int BITS = bits();

  static final VectorSpecies<Byte> BYTE =
      BITS == 512 ? ByteVector.SPECIES_512 : ByteVector.SPECIES_256;
  static final VectorSpecies<Integer> INT =
      BITS == 512 ? IntVector.SPECIES_512 : IntVector.SPECIES_256;
  static final VectorSpecies<Long> LONG =
      BITS == 512 ? LongVector.SPECIES_512 : LongVector.SPECIES_256;
  static final VectorSpecies<Float> FLOAT =
      BITS == 512 ? FloatVector.SPECIES_512 : FloatVector.SPECIES_256;

  /** Ints or floats of a vector. */
  static final int LANES = BITS / Integer.SIZE;

  private VectorWidth() {}

  /** Returns whether the CPU has vectors of at least 256 bits. */
  static boolean isPossible() {
    return LongVector.SPECIES_PREFERRED.vectorBitSize() >= 256;
  }

  /** Returns whether leaves are looked up by permutes of bytes instead of gathers. */
  static boolean permutesBytes() {
    return BITS == 512;
  }

  private static int bits() {
    int fallback =
        LongVector.SPECIES_PREFERRED.vectorBitSize() == 512 && cpuPermutesBytes() ? 512 : 256;
    int bits = Integer.getInteger("paritree.vector.bits", fallback);
    return bits == 512 ? 512 : 256;
  }

  private static boolean cpuPermutesBytes() {
    try {
      List<String> lines =
          Files.readAllLines(Path.of("/proc/cpuinfo"), StandardCharsets.ISO_8859_1);
      return lines.stream()
          .filter(line -> line.startsWith("flags"))
          .findFirst()
          .filter(line -> Arrays.asList(line.split("\\s+")).contains("avx512vbmi"))
          .isPresent();
    } catch (IOException | RuntimeException e) {
      return false;
    }
  }
}
