package io.paritree.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.paritree.Seed;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A leak is found in spite of noise, and noise is not taken for a leak. */
class ReadingsTest {
  private static final int READINGS = 20;

  /**
   * Returns one reading per minute that grows by a given amount per hour, with noise and one
   * outlier.
   */
  private static Readings readings(double perHour) {
    Random random = new Random(Seed.next());
    Readings readings = new Readings();
    for (int minute = 0; minute < READINGS; minute++) {
      double noise = random.nextGaussian() * 0.1 + (minute == 7 ? 50 : 0);
      readings.add(TimeUnit.MINUTES.toNanos(minute), 100 + perHour * minute / 60 + noise);
    }

    return readings;
  }

  @Test
  void leakIsMeasured() {
    assertThat(readings(10).perHour()).isCloseTo(10, within(2.0));
    assertThat(readings(60).growth()).isCloseTo(0.17, within(0.03)); // 19 of 60 minutes, of 109
  }

  @Test
  void noiseAndAnOutlierAreNoLeak() {
    Readings flat = readings(0);

    assertThat(flat.perHour()).isCloseTo(0, within(2.0));
    assertThat(flat.median()).isCloseTo(100, within(1.0));
    assertThat(flat.count()).isEqualTo(READINGS);
  }
}
