package io.paritree.model.seal;

import io.paritree.Fault;
import io.paritree.forest.Engine;
import io.paritree.forest.explain.Explainer;
import io.paritree.model.rows.CsvRows;
import io.paritree.profile.MarginProfile;
import io.paritree.profile.Profile;
import io.paritree.profile.ProfileCounts;
import io.paritree.profile.ProfileForm;
import io.paritree.profile.Sampling;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Counts the rows of a file into a profile. Not thread-safe. */
final class ReferenceCounts {
  /** No more features, and no more outputs, have bins. */
  static final int MAX_WITH_BINS = 500;

  private static final int MAX_EXPLAINED_ROWS = 5_000;
  private static final int MAX_MARGINS = 1 << 22;
  private static final int BLOCK_ROWS = 256;
  private static final int BLOCK_VALUES = 1 << 20;

  private final Engine engine;
  private final ProfileForm form;
  private final Optional<Explainer> explainer;
  private final ProfileCounts counts;
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
    this.explainer = explainer;
    int most = Math.min(MAX_EXPLAINED_ROWS, MAX_MARGINS / Math.max(1, form.margins()));
    this.counts = new ProfileCounts(form, new Sampling(Sampling.ALL, Math.max(1, most)), rows);
    this.missing = new long[form.features().size()];
    this.unseen = new long[form.features().size()];
  }

  /** Counts all rows of a file that are not read yet. */
  void addAll(CsvRows csv) throws Exception {
    csv.countIn(missing, unseen);
    for (int count = csv.next(); count > 0; count = csv.next()) {
      add(csv, count);
    }

    counts.addValues(rows, missing, unseen);
  }

  private void add(CsvRows csv, int count) {
    float[] slots = csv.slots();
    float[] margins = new float[count * engine.outputs()];
    float[] scores = new float[count * engine.scores()];
    engine.score(slots, count, margins, scores);
    long[] hashes = new long[count];
    int[] places = new int[count];
    int scored = 0;
    List<Integer> chosen = new ArrayList<>();
    for (int row = 0; row < count; row++) {
      long hash = Sampling.hashOfRow(rows++);
      if (!csv.faults(row).isEmpty()) {
        csv.faults(row).forEach(this::addFault);
        counts.addUnscored(hash);
        continue;
      }

      counts.addScores(scores, row * engine.scores());
      hashes[scored] = hash;
      places[scored++] = row * engine.width();
      if (counts.explains(hash)) {
        chosen.add(scored - 1);
      }
    }

    counts.addSlots(hashes, places, scored, slots, 1);
    if (explainer.isPresent()) {
      explain(explainer.get(), chosen, hashes, places, slots, margins);
    }
  }

  private void addFault(Fault fault) {
    counts.addFault(fault.field(), fault.code().code());
  }

  /**
   * Adds the contributions of rows.
   *
   * @param chosen which of the scored rows
   */
  private void explain(
      Explainer used,
      List<Integer> chosen,
      long[] hashes,
      int[] places,
      float[] slots,
      float[] margins) {
    int each = used.contributions();
    int block = Math.max(1, Math.min(BLOCK_ROWS, BLOCK_VALUES / each));
    for (int first = 0; first < chosen.size(); first += block) {
      List<Integer> some = chosen.subList(first, Math.min(chosen.size(), first + block));
      float[] rowSlots = new float[some.size() * engine.width()];
      for (int row = 0; row < some.size(); row++) {
        System.arraycopy(
            slots, places[some.get(row)], rowSlots, row * engine.width(), engine.width());
      }

      float[] contributions = new float[some.size() * each];
      used.explain(rowSlots, some.size(), contributions);
      for (int row = 0; row < some.size(); row++) {
        long hash = hashes[some.get(row)];
        int marginsAt = places[some.get(row)] / engine.width() * engine.outputs();
        float[] own = new float[engine.outputs()];
        System.arraycopy(margins, marginsAt, own, 0, own.length);
        counts.addContributions(hash, contributions, row * each, own, 0);
        explained.add(new Explained(hash, own));
      }
    }
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
