package io.paritree.serving.insight.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.paritree.FaultCode;
import io.paritree.feature.Faults;
import io.paritree.feature.Feature;
import io.paritree.model.EngineKind;
import io.paritree.model.Opening;
import io.paritree.model.ScoringModel;
import io.paritree.model.TestPackages;
import io.paritree.profile.BinCounts;
import io.paritree.profile.FeatureProfile;
import io.paritree.profile.MarginProfile;
import io.paritree.profile.Profile;
import io.paritree.serving.insight.traffic.RequestProfile.Window;
import io.paritree.serving.metrics.FaultTotals;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RequestProfileTest {
  private static final Instant START = Instant.parse("2026-11-29T10:02:00Z");

  @TempDir Path directory;
  private Path sealed;
  private ScoringModel model;
  private RequestProfile profile;
  private Instant now = START;

  @BeforeEach
  void open() throws Exception {
    sealed = new TestPackages(directory).withReference(500).binary();
    model = Opening.open(sealed.toString(), EngineKind.FOREST);
    profile = new RequestProfile(model, 50, START);
  }

  /** Scores rows in which all slots have one value; returns their scores. */
  private float[] score(SeenRows seen, int rows, float value) {
    int width = model.engine().width();
    float[] slots = new float[rows * width];
    Arrays.fill(slots, value);
    float[] scores = new float[rows * model.engine().scores()];
    model.engine().score(slots, rows, null, scores);
    seen.add(rows, slots, scores, new Faults());
    return scores;
  }

  private Profile of(Window window) {
    return profile.window(window).orElseThrow().profile();
  }

  @Test
  void rowsOfAllThreadsAreCounted() throws Exception {
    assertThat(profile.window(Window.HOUR)).isEmpty();
    Thread[] threads = new Thread[4];
    for (int index = 0; index < threads.length; index++) {
      float value = index == 0 ? Float.NaN : index;
      threads[index] =
          new Thread(
              () -> {
                SeenRows seen = profile.ofThread();
                for (int request = 0; request < 30; request++) {
                  score(seen, 3, value);
                  profile.collect(now); // while others add
                }
              });
      threads[index].start();
    }

    for (Thread thread : threads) {
      thread.join();
    }

    profile.collect(now);
    Profile counted = of(Window.HOUR);
    assertThat(counted.rows()).isEqualTo(360);
    assertThat(counted.scored()).isEqualTo(360);
    assertThat(counted.features()).allSatisfy(one -> assertThat(one.missing()).isEqualTo(90));
    assertThat(counted.explained()).isBetween(1L, 50L);
    MarginProfile margin = counted.margins().get(0);
    double contributions =
        counted.features().stream().mapToDouble(one -> one.contributions().get(0)).sum();
    assertThat(margin.base() + contributions).isCloseTo(margin.mean(), within(1e-5));
    assertThat(of(Window.DAY)).isEqualTo(counted);
  }

  @Test
  void aThreadKeepsAFewOfManyRowsAndCountsAll() {
    SeenRows seen = profile.ofThread();
    score(seen, 5_000, Float.NaN);
    score(seen, 5_000, 1);
    profile.collect(now);
    Profile counted = of(Window.HOUR);
    assertThat(counted.rows()).isEqualTo(10_000);
    assertThat(counted.features()).allSatisfy(one -> assertThat(one.missing()).isEqualTo(5_000));
    assertThat(counted.scored()).isEqualTo(10_000);
    assertThat(counted.sampled()).isBetween(64L, 256L);
  }

  @Test
  void rowsOfBusyTimesWeighAsMuchAsTheyAreAndScoresAreOfAllRows() {
    float[] quiet = new float[model.engine().scores()];
    float[] busy = new float[quiet.length];
    for (int slice = 0; slice < 24; slice++) { // two hours
      SeenRows one = profile.ofThread();
      SeenRows other = profile.ofThread();
      for (int second = 0; second < 60; second++) {
        score(one, 3, 1);
        quiet = score(other, 3, 1);
        if (slice % 6 == 5 && second == 7) {
          busy = score(one, 40_000, 1000);
        }

        profile.collect(now);
      }

      now = now.plus(Duration.ofMinutes(5));
      profile.collect(now);
    }

    Profile counted = of(Window.DAY);
    long rows = 24 * 60 * 6 + 4 * 40_000;
    double share = 4 * 40_000.0 / rows;
    assertThat(counted.scored()).isEqualTo(rows);
    assertThat(counted.outputs().get(0).mean())
        .isCloseTo(share * busy[0] + (1 - share) * quiet[0], within(1e-6));
    long sampled = counted.sampled();
    assertThat(sampled).isGreaterThan(200);
    BinCounts bins = counted.features().get(0).bins().orElseThrow();
    assertThat(bins.total()).isEqualTo(sampled);
    double ofBusy = bins.counts().get(bins.bins().of(1000)) / (double) sampled;
    double error = 4 * Math.sqrt(share * (1 - share) / sampled);
    assertThat(ofBusy).isCloseTo(share, within(error));
    MarginProfile margin = counted.margins().get(0);
    double contributions =
        counted.features().stream().mapToDouble(one -> one.contributions().get(0)).sum();
    assertThat(margin.base() + contributions).isCloseTo(margin.mean(), within(1e-5));
  }

  @Test
  void aVersionThatIsOpenedAgainGoesOnWithItsRows() throws Exception {
    SeenRows seen = profile.ofThread();
    score(seen, 60, 1);
    profile.collect(now);
    profile.continueWith(Opening.open(sealed.toString(), EngineKind.FOREST));
    score(seen, 60, 2);
    profile.collect(now);

    Profile counted = of(Window.HOUR);
    assertThat(counted.scored()).isEqualTo(120);
    assertThat(counted.explained()).isBetween(10L, 50L);
  }

  @Test
  void anyNumberOfRowsLeavesTheExplainedOnesOfASlice() {
    for (int round = 1; round <= 40; round++) {
      SeenRows seen = profile.ofThread();
      score(seen, 64, round);
      profile.collect(now);
      if (round % 10 == 0) { // somebody asks, and what was explained before remains
        assertThat(of(Window.HOUR).explained()).as("round " + round).isBetween(10L, 50L);
      }
    }

    assertThat(of(Window.HOUR).scored()).isEqualTo(40 * 64);
    profile = new RequestProfile(model, 0, START);
    SeenRows seen = profile.ofThread();
    score(seen, 64, 1);
    profile.collect(now);
    assertThat(of(Window.HOUR).explained()).isZero();
  }

  @Test
  void refusedRowsAndTheirUnseenValuesAreCounted() {
    SeenRows seen = profile.ofThread();
    FaultTotals totals = new FaultTotals(Set.of("weight"));
    totals.add(FaultCode.WRONG_TYPE, "weight");
    totals.add(FaultCode.WRONG_TYPE, "weight");
    Faults faults = new Faults();
    Feature weight = model.schema().features().get(1);
    float[] slots = new float[model.engine().width()];
    slots[0] = Float.NaN;
    slots[1] = weight.truth(true, faults);
    UnscoredRows refused = profile.ofRequest();
    refused.add(slots, 0, faults);
    refused.add(slots, 0, faults);
    seen.addRefused(refused, totals, new Faults());
    score(seen, 1, 1);
    profile.collect(now);
    Profile counted = of(Window.HOUR);
    assertThat(counted.rows()).isEqualTo(3);
    assertThat(counted.scored()).isEqualTo(1);
    assertThat(counted.features().stream().map(FeatureProfile::missing).limit(3))
        .as("a value that cannot be read is not missing")
        .containsExactly(2L, 0L, 0L);
    assertThat(counted.faults())
        .isEqualTo(Map.of("weight", Map.of(FaultCode.WRONG_TYPE.code(), 2L)));
  }

  @Test
  void anHourAndADayEndInTime() {
    SeenRows seen = profile.ofThread();
    for (int slice = 0; slice < 12 * 26; slice++) { // of five minutes: 26 hours
      score(seen, 1, slice);
      profile.collect(now);
      now = now.plus(Duration.ofMinutes(5));
      profile.collect(now);
    }

    assertThat(of(Window.HOUR).rows()).isBetween(11L, 12L);
    assertThat(of(Window.DAY).rows()).isBetween(24L * 12, 25L * 12);
    now = now.plus(Duration.ofHours(2));
    profile.collect(now);
    assertThat(profile.window(Window.HOUR)).isEmpty();
    assertThat(of(Window.DAY).rows()).isBetween(22L * 12, 25L * 12);
    now = now.plus(Duration.ofHours(25));
    profile.collect(now);
    assertThat(profile.window(Window.DAY)).isEmpty();
  }
}
