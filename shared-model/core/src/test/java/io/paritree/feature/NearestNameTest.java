package io.paritree.feature;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.Seed;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestNameTest {
  private static final List<String> KNOWN =
      List.of("distance", "origin", "destination", "scheduled", "dep_delay", "dep_delaz", "a", "b");

  @ParameterizedTest
  @CsvSource({
    "orign, origin",
    "Origin, origin",
    "ORIGIN, origin",
    "origins, origin",
    "distanze, distance",
    "distnace, distance",
    "scheduld, scheduled",
    "dep_dela, dep_delay",
    "dep_delax, dep_delay",
    "carrier, ",
    "c, ",
    "'', ",
  })
  void nearestIsTheOneWithTheFewestEdits(String name, String nearest) {
    assertThat(NearestName.of(name, KNOWN).orElse(null)).isEqualTo(nearest);
  }

  @Test
  void longNamesHaveNoNearest() {
    assertThat(NearestName.of("x".repeat(65), List.of("x".repeat(64)))).isEmpty();
    assertThat(NearestName.of("x".repeat(63), List.of("x".repeat(64), "x".repeat(65))))
        .contains("x".repeat(64));
  }

  /** Compares with the specification, the plain table of distances. */
  @Test
  void nearestIsWhatTheWholeTableOfDistancesGives() {
    long seed = Seed.next();
    Random random = new Random(seed);
    int found = 0;
    for (int round = 0; round < 2_000; round++) {
      String name = name(random);
      List<String> known = new ArrayList<>();
      for (int candidate = 0; candidate < 20; candidate++) {
        known.add(random.nextBoolean() ? name(random) : changed(name, random));
      }

      String nearest = NearestName.of(name, known).orElse(null);

      assertThat(nearest).as("%s in %s, seed %s", name, known, seed).isEqualTo(plain(name, known));
      found += nearest == null ? 0 : 1;
    }

    assertThat(found).isBetween(500, 1_950); // both answers occur
  }

  private static String name(Random random) {
    StringBuilder name = new StringBuilder();
    for (int length = 1 + random.nextInt(64); length > 0; length--) {
      name.append("abCD_0\u00e4\u0161\u4e2d".charAt(random.nextInt(9)));
    }

    return name.toString();
  }

  private static String changed(String name, Random random) {
    StringBuilder changed = new StringBuilder(name);
    for (int change = 1 + random.nextInt(1 + name.length() / 2); change > 0; change--) {
      int at = random.nextInt(changed.length());
      if (random.nextBoolean()) {
        changed.insert(at, (char) ('a' + random.nextInt(26)));
      } else {
        changed.setCharAt(at, 'x');
      }
    }

    return changed.toString();
  }

  private static String plain(String name, List<String> known) {
    return known.stream()
        .filter(candidate -> candidate.length() <= 64)
        .filter(
            candidate -> 3 * edits(name, candidate) <= Math.max(name.length(), candidate.length()))
        .min(
            Comparator.<String>comparingInt(candidate -> edits(name, candidate))
                .thenComparing(Comparator.naturalOrder()))
        .orElse(null);
  }

  private static int edits(String name, String other) {
    String from = name.toLowerCase(Locale.ROOT);
    String to = other.toLowerCase(Locale.ROOT);
    int[][] edits = new int[from.length() + 1][to.length() + 1];
    for (int row = 0; row <= from.length(); row++) {
      for (int column = 0; column <= to.length(); column++) {
        if (row == 0 || column == 0) {
          edits[row][column] = row + column;
        } else {
          int replaced = from.charAt(row - 1) == to.charAt(column - 1) ? 0 : 1;
          edits[row][column] =
              Math.min(
                  Math.min(edits[row - 1][column], edits[row][column - 1]) + 1,
                  edits[row - 1][column - 1] + replaced);
        }
      }
    }

    return edits[from.length()][to.length()];
  }
}
