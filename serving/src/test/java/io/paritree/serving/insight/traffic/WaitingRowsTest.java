package io.paritree.serving.insight.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.model.EngineKind;
import io.paritree.model.Opening;
import io.paritree.model.ProfiledRows;
import io.paritree.model.ScoringModel;
import io.paritree.model.TestPackages;
import io.paritree.profile.ProfileCounts;
import io.paritree.profile.ProfileForm;
import io.paritree.profile.Sampling;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WaitingRowsTest {
  private static final int EXPLAINED = 100;

  @TempDir Path directory;

  @ParameterizedTest(name = "room for {0} rows")
  @ValueSource(ints = {1, 7, 100, 1_000})
  void whatWaitsIsExplainedAsIfItHadNotWaited(int room) throws Exception {
    ScoringModel model =
        Opening.open(new TestPackages(directory).binary().toString(), EngineKind.FOREST);
    ProfileForm form = model.profileForm();
    Sampling sampling = new Sampling(Sampling.ALL, EXPLAINED);
    ProfileCounts atOnce = new ProfileCounts(form, sampling, 0);
    ProfileCounts later = new ProfileCounts(form, sampling, 0);
    ProfiledRows own = ProfiledRows.of(model, form);
    ProfiledRows explainer = ProfiledRows.of(model, form);
    int width = model.engine().width();
    WaitingRows waiting = new WaitingRows(width, EXPLAINED, room * width);
    SplittableRandom random = new SplittableRandom(1);
    for (int row = 0; row < 3_000; row++) {
      float[] slots = new float[width];
      for (int slot = 0; slot < width; slot++) {
        slots[slot] = random.nextInt(20);
      }

      long hash = random.nextLong();
      own.begin(atOnce, slots, 1);
      own.explain(hash, 0);
      waiting.add(hash, slots, 0, later, explainer);
    }

    own.explainHeld();
    waiting.explain(later, explainer);
    atOnce.pack();
    later.pack();
    assertThat(later.profile(form)).isEqualTo(atOnce.profile(form));
    assertThat(later.profile(form).explained()).isBetween(40L, 100L);
  }
}
