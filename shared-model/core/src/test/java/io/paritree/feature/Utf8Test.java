package io.paritree.feature;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.Seed;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Utf8Test {
  /** Bytes at which the rules change. */
  private static final int[] EDGES = {
    0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec,
    0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff
  };

  @Test
  void wellFormedIsWhatTheJdkDecodes() {
    long seed = Seed.next();
    Random random = new Random(seed);
    for (int round = 0; round < 200_000; round++) {
      byte[] bytes = new byte[random.nextInt(24)];
      for (int index = 0; index < bytes.length; index++) {
        bytes[index] = (byte) (random.nextInt(4) > 0 ? 'a' : EDGES[random.nextInt(EDGES.length)]);
      }

      boolean expected = decodes(bytes, 0, bytes.length);
      if (Utf8.isWellFormed(bytes, 0, bytes.length) != expected) {
        throw new AssertionError(
            "%s, replay with -Dseed=%s".formatted(Arrays.toString(bytes), seed));
      }
    }
  }

  @Test
  void everyPairOfBytesBetweenAsciiIsJudgedAsTheJdkDoes() {
    byte[] bytes = "abcdefghij".getBytes(UTF_8);
    for (int pair = 0; pair < 0x10000; pair++) {
      bytes[4] = (byte) (pair >> 8);
      bytes[5] = (byte) pair;
      if (Utf8.isWellFormed(bytes, 1, 8) != decodes(bytes, 1, 8)) {
        throw new AssertionError(Integer.toHexString(pair));
      }
    }
  }

  @Test
  void firstIllFormedByteIsFound() {
    byte[] bytes = "0123456789äöü?".getBytes(UTF_8);
    bytes[bytes.length - 1] = (byte) 0xc3;

    assertThat(Utf8.firstIllFormed(bytes, 0, bytes.length)).isEqualTo(16);
    assertThat(Utf8.firstIllFormed(bytes, 0, 16)).isEqualTo(-1);
    assertThat(Utf8.firstIllFormed(bytes, 0, 15)).isEqualTo(14);
    assertThat(Utf8.firstIllFormed(bytes, 11, 5)).isEqualTo(11);
  }

  private static boolean decodes(byte[] bytes, int offset, int length) {
    try {
      UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, offset, length));
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
