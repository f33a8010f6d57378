package io.paritree.model.seal;

import io.paritree.Fault;
import io.paritree.forest.Engine;
import io.paritree.forest.explain.Explainer;
import io.paritree.model.ProfiledRows;
import io.paritree.model.rows.CsvRows;
import io.paritree.profile.MarginProfile;
import io.paritree.profile.Profile;
import io.paritree.profile.ProfileCounts;
import io.paritree.profile.ProfileForm;
import io.paritree.profile.Sampling;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Counts the rows of a file into a profile. Not thread-safe. */
final class ReferenceCounts {
  /** No more features, and no more outputs, have bins. */
  static final int MAX_WITH_BINS = 500;

  private static final int MAX_EXPLAINED_ROWS = 5_000;
  private static final int MAX_MARGINS = 1 << 22;

  private final Engine engine;
  private final ProfileForm form;
  private final ProfileCounts counts;
  private final ProfiledRows sample;
  private final List<Explained> explained = new ArrayList<>();
  private final long[] missing;
  private final long[] unseen;
  private long rows;

  /** The margins of a row. */
  private record Explained(long hash, float[] margins) {}

  /**
   * @param explainer of the form's margins; empty if it has none
   * @param rows how many there are
   */
  ReferenceCounts(Engine engine, ProfileForm form, Optional<Explainer> explainer, long rows) {
    this.engine = engine;
    this.form = form;
    int most = Math.min(MAX_EXPLAINED_ROWS, MAX_MARGINS / Math.max(1, form.margins()));
    this.counts = new ProfileCounts(form, new Sampling(Sampling.ALL, Math.max(1, most)), rows);
    this.sample = new ProfiledRows(engine, explainer, this::explained);
    this.missing = new long[form.features().size()];
    this.unseen = new long[form.features().size()];
  }

  /** Counts all rows of a file that are not read yet. */
  void addAll(CsvRows csv) throws Exception {
    csv.countIn(missing, unseen);
    for (int count = csv.next(); count > 0; count = csv.next()) {
      add(csv, count);
    }

    sample.explainHeld();
    counts.addValues(rows, missing, unseen);
  }

  private void add(CsvRows csv, int count) {
    float[] slots = csv.slots();
    float[] scores = new float[count * engine.scores()];
    engine.score(slots, count, null, scores);
    sample.begin(counts, slots, 1);
    for (int row = 0; row < count; row++) {
      long hash = Sampling.hashOfRow(rows++);
      if (csv.faults(row).isEmpty()) {
        counts.addScores(scores, row * engine.scores());
        sample.add(hash, row * engine.width());
      } else {
        csv.faults(row).forEach(this::addFault);
        counts.addUnscored(hash);
      }
    }

    sample.endBlock();
  }

  private void addFault(Fault fault) {
    counts.addFault(fault.field(), fault.code().code());
  }

  private void explained(long hash, float[] margins, int at) {
    explained.add(new Explained(hash, Arrays.copyOfRange(margins, at, at + engine.outputs())));
  }

  /** Returns the profile of all rows, in which scores are in bins of their own deciles. */
  Profile profile() {
    counts.pack();
    List<ProfileForm.Output> outputs = new ArrayList<>();
    for (int output = 0; output < form.outputs().size(); output++) {
      ProfileForm.Output one = form.outputs().get(output);
      outputs.add(
          new ProfileForm.Output(
              one.output(),
              output < MAX_WITH_BINS
                  ? Optional.of(counts.scores(output).deciles())
                  : Optional.empty(),
              one.threshold()));
    }

    Profile profile = counts.profile(form.with(outputs));
    return new Profile(
        profile.rows(),
        profile.scored(),
        profile.sampled(),
        profile.explained(),
        profile.features(),
        profile.outputs(),
        withDeviations(profile.margins()),
        profile.faults());
  }

  private List<MarginProfile> withDeviations(List<MarginProfile> margins) {
    List<float[]> rowMargins =
        explained.stream()
            .filter(row -> counts.explains(row.hash))
            .map(Explained::margins)
            .toList();
    List<MarginProfile> all = new ArrayList<>();
    for (int margin = 0; margin < margins.size(); margin++) {
      MarginProfile one = margins.get(margin);
      double squares = 0;
      for (float[] row : rowMargins) {
        squares += (row[margin] - one.mean()) * (row[margin] - one.mean());
      }

      double deviation = Math.sqrt(squares / rowMargins.size());
      all.add(new MarginProfile(one.mean(), one.base(), OptionalDouble.of(deviation)));
    }

    return all;
  }
}
