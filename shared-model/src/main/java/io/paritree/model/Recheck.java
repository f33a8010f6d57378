package io.paritree.model;

import io.paritree.forest.Engine;
import io.paritree.forest.Forest;
import io.paritree.forest.RecheckedRows;
import io.paritree.forest.RecheckedRows.Difference;
import io.paritree.forest.RowChoice;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Scores a share of the rows that a model has scored again, by its specification, and compares all
 * bits. A difference is no property of a row: the engine, what a compiler has made of it, or the
 * machine is at fault. Not thread-safe.
 */
public final class Recheck {
  /** So many rows that wait are scored again together, which costs a few times less than alone. */
  public static final int TOGETHER = 256;

  private static final int MOST_SLOTS = 1 << 18;

  private final Engine engine;
  private final Engine second;
  private final RowChoice choice;
  private final int together;
  private final List<RecheckedRows> waiting = new ArrayList<>();
  private final List<String> names = new ArrayList<>();
  private long rows;

  /**
   * A row that differs.
   *
   * @param name what the caller calls it
   * @param values both values of the first margin or score that differs
   */
  public record Different(String name, String values) {}

  /**
   * @param engine what scores the rows of the model
   * @param share of the rows, 0 to 1
   * @param seed the same one chooses the same rows again
   * @param together how many rows wait before they are scored again
   */
  public Recheck(ScoringModel model, Engine engine, double share, long seed, int together) {
    this.engine = engine;
    this.second = second(model);
    this.choice = new RowChoice(share, seed);
    this.together = Math.max(1, Math.min(together, MOST_SLOTS / engine.width()));
  }

  /** Returns what scores rows of a model again. */
  public static Engine second(ScoringModel model) {
    return model.specification() instanceof Forest forest
        ? forest.inSteps()
        : model.specification();
  }

  /**
   * Takes the chosen rows of a block, and scores them again once enough wait.
   *
   * @param slots slot f of row r is {@code slots[r * rowStride + f * featureStride]}
   * @param margins as the engine has made them; null if it was not asked for them
   * @param scores likewise, but never null
   * @param name names a row of the block
   * @return the rows that differ
   */
  public List<Different> add(
      float[] slots,
      int rowStride,
      int featureStride,
      int count,
      float[] margins,
      float[] scores,
      IntFunction<String> name) {
    int[] chosen = choice.of(count);
    if (chosen.length == 0) {
      return List.of();
    }

    waiting.add(RecheckedRows.of(chosen, engine, slots, rowStride, featureStride, margins, scores));
    for (int row : chosen) {
      names.add(name.apply(row));
    }

    return names.size() < together ? List.of() : rest();
  }

  /** Scores those that still wait again; returns the rows that differ. */
  public List<Different> rest() {
    if (waiting.isEmpty()) {
      return List.of();
    }

    List<Difference> differences = RecheckedRows.joined(waiting).differences(second);
    List<Different> different = new ArrayList<>();
    for (Difference difference : differences) {
      different.add(new Different(names.get(difference.place()), difference.values()));
    }

    rows += names.size();
    waiting.clear();
    names.clear();
    return different;
  }

  /** Returns how many rows were scored again. */
  public long rows() {
    return rows;
  }
}
