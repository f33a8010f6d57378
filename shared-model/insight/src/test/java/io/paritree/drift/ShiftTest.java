package io.paritree.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.paritree.profile.BinCounts;
import io.paritree.profile.NumberBins;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShiftTest {
  private static final double SAME = 1e-9;

  /** A line of {@code measures.csv}, which {@code measures.py} beside it makes with scipy. */
  private record Case(List<Long> now, List<Long> then, int fields, List<Double> measures) {}

  private static List<Case> cases() throws IOException {
    try (InputStream in = ShiftTest.class.getResourceAsStream("/drift/measures.csv")) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return text.lines().skip(1).map(ShiftTest::ofLine).toList();
    }
  }

  private static Case ofLine(String line) {
    List<String> cells = List.of(line.split(","));
    return new Case(
        counts(cells.get(0)),
        counts(cells.get(1)),
        Integer.parseInt(cells.get(2)),
        cells.stream().skip(3).map(Double::valueOf).toList());
  }

  private static List<Long> counts(String cell) {
    return Arrays.stream(cell.split(" ")).map(Long::valueOf).toList();
  }

  private static BinCounts bins(List<Long> counts) {
    float[] edges = new float[counts.size() - 2];
    for (int edge = 0; edge < edges.length; edge++) {
      edges[edge] = edge;
    }

    return new BinCounts(new NumberBins(edges), counts);
  }

  @Test
  void measuresAreThoseOfScipy() throws IOException {
    List<Case> cases = cases();
    assertThat(cases).hasSize(60);
    for (Case each : cases) {
      Shift shift = Shift.of(bins(each.now), bins(each.then), new Noise(each.fields));
      double noise = each.measures.get(1);
      assertThat(shift.psi()).as("psi of %s", each).isCloseTo(each.measures.get(0), within(SAME));
      assertThat(shift.noise()).as("noise of %s", each).isCloseTo(noise, within(SAME * noise));
      assertThat(shift.js()).as("js of %s", each).isCloseTo(each.measures.get(2), within(SAME));
      assertThat(shift.linf()).as("linf of %s", each).isCloseTo(each.measures.get(3), within(SAME));
    }
  }

  @Test
  void noiseIsAtLeastTheQuantileOfChiSquared() throws IOException {
    for (Case each : cases()) {
      double exact = each.measures.get(4);
      assertThat(each.measures.get(1)).as("%s", each).isBetween(exact * 0.999999, exact * 1.17);
    }
  }

  @Test
  void theLargestIndexIsTheOneAboveItsNoise() {
    Shift noisy = new Shift(0.30, 0.35, 0.1, 0.2);
    Shift sure = new Shift(0.28, 0.01, 0.05, 0.3);

    assertThat(Shift.largest(List.of(noisy, sure))).contains(new Shift(0.28, 0.01, 0.1, 0.3));
    assertThat(Shift.largest(List.of())).isEmpty();
  }
}
