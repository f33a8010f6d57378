package io.paritree.model;

import io.paritree.UnsupportedModelException;
import io.paritree.forest.Engine;
import io.paritree.forest.explain.ContributionMode;
import io.paritree.forest.explain.Explainer;
import io.paritree.profile.ProfileCounts;
import io.paritree.profile.ProfileForm;
import java.util.Arrays;
import java.util.Optional;

/**
 * Counts scored rows into the bins and contributions of a profile, block by block.
 *
 * <p>Rows that are explained are held, also while further blocks are scored, until there are enough
 * for the explainer to be fast, or until somebody wants the result. Not thread-safe.
 */
public final class ProfiledRows {
  private static final int EXPLAINED_ROWS = 256;
  private static final int EXPLAINED_VALUES = 1 << 20;

  private final Engine engine;
  private final Optional<Explainer> explainer;
  private final Observer observer;
  private long[] sampledHashes = new long[EXPLAINED_ROWS];
  private int[] sampled = new int[EXPLAINED_ROWS];
  private int sampledRows; // of the block

  private final int explainedRows;
  private final long[] heldHashes;
  private final float[] held; // slots of the rows that are held, feature by feature
  private final float[] contributions;
  private final float[] margins;
  private int heldRows;

  private ProfileCounts counts; // of the last block
  private float[] slots;
  private int stride;

  /** Receives the rows that were explained. */
  @FunctionalInterface
  public interface Observer {
    /**
     * A row was explained.
     *
     * @param all its margins, from {@code at} on, which is valid during the call
     */
    void explained(long hash, float[] all, int at);
  }

  /**
   * @param explainer of the rows that are explained; empty if none are
   */
  public ProfiledRows(Engine engine, Optional<Explainer> explainer, Observer observer) {
    this.engine = engine;
    this.explainer = explainer;
    this.observer = observer;
    int perRow = explainer.map(Explainer::contributions).orElse(0);
    this.explainedRows =
        perRow == 0 ? 0 : Math.max(1, Math.min(EXPLAINED_ROWS, EXPLAINED_VALUES / perRow));
    this.heldHashes = new long[explainedRows];
    this.held = new float[explainedRows * engine.width()];
    this.contributions = new float[explainedRows * perRow];
    this.margins = new float[explainedRows * engine.outputs()];
  }

  /** Returns what counts the rows of a model as a form says. */
  public static ProfiledRows of(ScoringModel model, ProfileForm form) {
    try {
      Optional<Explainer> explainer =
          form.margins() == 0
              ? Optional.empty()
              : Optional.of(model.explainer(ContributionMode.FAST));
      return new ProfiledRows(model.engine(), explainer, (hash, all, at) -> {});
    } catch (UnsupportedModelException e) {
      throw new IllegalStateException("The form has no margins then", e);
    }
  }

  /**
   * Begins a block. If its rows are counted elsewhere than those before, {@link #explainHeld} must
   * have been called.
   *
   * @param to where the rows are counted
   * @param of slot f of a row is {@code of[at + f * each]}
   */
  public void begin(ProfileCounts to, float[] of, int each) {
    counts = to;
    slots = of;
    stride = each;
  }

  /**
   * Adds a row of the block that was scored, if it is in the sample, or among the explained rows.
   *
   * @param hash by which it is chosen
   * @param at where its slots begin
   */
  public void add(long hash, int at) {
    sample(hash, at);
    explain(hash, at);
  }

  /** As {@link #add}, for the sample alone. */
  public void sample(long hash, int at) {
    if (counts.samples(hash)) {
      if (sampledRows == sampled.length) {
        sampledHashes = Arrays.copyOf(sampledHashes, 2 * sampledRows);
        sampled = Arrays.copyOf(sampled, 2 * sampledRows);
      }

      sampledHashes[sampledRows] = hash;
      sampled[sampledRows++] = at;
    }
  }

  /** As {@link #add}, for the explained rows alone. */
  public void explain(long hash, int at) {
    if (explainer.isPresent() && counts.explains(hash)) {
      for (int slot = 0; slot < engine.width(); slot++) {
        held[slot * explainedRows + heldRows] = slots[at + slot * stride];
      }

      heldHashes[heldRows++] = hash;
      if (heldRows == explainedRows) {
        explainHeld();
      }
    }
  }

  /** Counts the rows of the block, all of which were added. */
  public void endBlock() {
    counts.addSlots(sampledHashes, sampled, sampledRows, slots, stride);
    sampledRows = 0;
  }

  /** Explains and counts all rows that are held. */
  public void explainHeld() {
    if (heldRows == 0) {
      return;
    }

    Explainer used = explainer.orElseThrow();
    used.explainColumns(held, explainedRows, heldRows, contributions);
    engine.scoreColumns(held, explainedRows, heldRows, margins, null);
    for (int row = 0; row < heldRows; row++) {
      counts.addContributions(
          heldHashes[row],
          contributions,
          row * used.contributions(),
          margins,
          row * engine.outputs());
      observer.explained(heldHashes[row], margins, row * engine.outputs());
    }

    heldRows = 0;
  }
}
