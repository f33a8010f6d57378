package io.paritree.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.ForeignModels;
import io.paritree.Seed;
import io.paritree.drift.Baseline;
import io.paritree.drift.Drift;
import io.paritree.drift.MarginDrift;
import io.paritree.forest.explain.ContributionMode;
import io.paritree.forest.explain.Explainer;
import io.paritree.profile.Profile;
import io.paritree.profile.ProfileCounts;
import io.paritree.profile.ProfileForm;
import io.paritree.profile.Sampling;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What fields have done to a margin adds up to its change, whatever the model is. */
class ImpactsTest {
  private static final long SEED = Seed.next();
  private static final int ROWS = Math.max(500, Integer.getInteger("paritree.rows", 0) / 500);

  @TempDir Path directory;

  private static Arguments of(String name, Function<TestPackages, Path> sealed) {
    return Arguments.of(name, sealed);
  }

  static Stream<Arguments> models() throws IOException {
    Stream<Arguments> own =
        Stream.of(
            of("binary", TestPackages::binary),
            of("classes", TestPackages::classes),
            of("class index", TestPackages::classIndex),
            of("wide", packages -> packages.wide(60, 40, 8)),
            of("offset", TestPackages::offset),
            of("counts with an exposure", TestPackages::counts),
            of("offsets of classes", TestPackages::offsets));
    return Stream.concat(
        own,
        ForeignModels.saved().stream()
            .map(file -> of(file.getFileName().toString(), packages -> file)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void impactsAddUpToTheChangeOfTheMeanMargin(String name, Function<TestPackages, Path> sealed)
      throws Exception {
    Path model = sealed.apply(new TestPackages(directory));
    ScoringModel opened = Opening.open(model.toString(), EngineKind.FOREST);
    Random random = new Random(SEED);
    Profile before = profile(opened, random, 0);
    Profile now = profile(opened, random, 1.5);

    Drift drift = Drift.of(now, new Baseline(Baseline.REFERENCE, List.of(), before));

    assertThat(drift.notExplained()).isEmpty();
    assertThat(drift.margins()).hasSize(opened.engine().outputs());
    assertThat(drift.margins()).as("seed %s", SEED).allMatch(MarginDrift::explained);
    assertThat(drift.margins()).anyMatch(margin -> margin.change() != 0);
  }

  private static Profile profile(ScoringModel model, Random random, double shift) throws Exception {
    ProfileForm form = model.profileForm();
    Explainer explainer = model.explainer(ContributionMode.FAST);
    int width = model.engine().width();
    ProfileCounts counts = new ProfileCounts(form, new Sampling(Sampling.ALL, Sampling.ALL), ROWS);
    float[] slots = new float[width];
    float[] margins = new float[model.engine().outputs()];
    float[] scores = new float[model.engine().scores()];
    float[] contributions = new float[explainer.contributions()];
    for (int row = 0; row < ROWS; row++) {
      for (int slot = 0; slot < width; slot++) {
        int value = (int) (random.nextGaussian() * 5 + shift);
        if (slot >= explainer.modelWidth()) {
          slots[slot] = Math.abs(value); // an exposure is not negative
        } else {
          slots[slot] = random.nextInt(10) == 0 ? Float.NaN : value;
        }
      }

      model.engine().score(slots, 1, margins, scores);
      explainer.explain(slots, 1, contributions);
      counts.addScores(scores, 0);
      counts.addContributions(Sampling.hashOfRow(row), contributions, 0, margins, 0);
    }

    counts.addValues(ROWS, new long[width], new long[width]);
    counts.pack();
    return counts.profile(form);
  }
}
