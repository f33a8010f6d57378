package io.paritree.model.rows;

import io.paritree.Fault;
import io.paritree.forest.Engine;
import io.paritree.model.manifest.Outputs;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Scores the rows of a CSV file and writes another: a header, then one line per row in the same
 * order.
 *
 * <p>A row with faults gets empty cells. Margins and scores are written as by {@link
 * Float#toString}.
 */
public final class CsvScoring {
  private final Engine engine;
  private final Outputs outputs;
  private final List<Emit> emits;

  /** What is written for a row. */
  public enum Emit {
    /**
     * The margins, in columns {@code margin}, or {@code margin_<output>} where there are several.
     */
    MARGIN,
    /** The scores, in columns {@code score}, or {@code score_<output>} where there are several. */
    SCORE,
    /** XGBoost's node id of the leaf, per tree, in columns {@code leaf_0}, {@code leaf_1}, ... */
    LEAF;

    /** Returns the name in options and headers. */
    String key() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /**
   * @param outputs names the columns
   * @param emits what is written, in this order
   */
  public CsvScoring(Engine engine, Outputs outputs, List<Emit> emits) {
    this.engine = engine;
    this.outputs = outputs;
    this.emits = List.copyOf(emits);
  }

  /**
   * Scores all rows.
   *
   * @param out receives the CSV text; the caller closes it
   * @param refused receives the rows with faults
   * @param sentinels receives the other rows
   * @return the number of rows with scores
   */
  public long score(CsvRows rows, Writer out, FaultSummary refused, ScoredSentinels sentinels)
      throws IOException, InputException {
    out.write(header());
    int capacity = rows.capacity();
    float[] margins = emits.contains(Emit.MARGIN) ? new float[capacity * engine.outputs()] : null;
    float[] scores = emits.contains(Emit.SCORE) ? new float[capacity * engine.scores()] : null;
    int[] leaves = emits.contains(Emit.LEAF) ? new int[capacity * engine.trees()] : null;
    long scored = 0;
    for (int count = rows.next(); count > 0; count = rows.next()) {
      engine.score(rows.slots(), count, margins, scores);
      if (leaves != null) {
        engine.leaves(rows.slots(), count, leaves);
      }

      StringBuilder text = new StringBuilder();
      for (int row = 0; row < count; row++) {
        if (refused.addIfRefused(rows, row)) {
          // One empty cell alone would be a blank line, which readers skip.
          text.append(columns() == 1 ? "\"\"" : ",".repeat(columns() - 1)).append('\n');
        } else {
          line(text, row, margins, scores, leaves);
          sentinels.add(rows.slots(), row * engine.width());
          scored++;
        }
      }

      out.append(text);
    }

    return scored;
  }

  /** Returns faults in one line. */
  static String listed(List<Fault> faults) {
    return faults.stream().map(Fault::toString).collect(Collectors.joining("; "));
  }

  private void line(StringBuilder text, int row, float[] margins, float[] scores, int[] leaves) {
    int start = text.length();
    for (Emit emit : emits) {
      int cells = cells(emit);
      for (int cell = row * cells; cell < (row + 1) * cells; cell++) {
        switch (emit) {
          case MARGIN -> text.append(margins[cell]);
          case SCORE -> text.append(scores[cell]);
          case LEAF -> text.append(leaves[cell]);
        }

        text.append(',');
      }
    }

    text.setLength(Math.max(start, text.length() - 1));
    text.append('\n');
  }

  private int cells(Emit emit) {
    return switch (emit) {
      case MARGIN -> engine.outputs();
      case SCORE -> engine.scores();
      case LEAF -> engine.trees();
    };
  }

  private int columns() {
    return Math.max(1, emits.stream().mapToInt(this::cells).sum());
  }

  private String header() {
    List<String> columns = new ArrayList<>();
    for (Emit emit : emits) {
      switch (emit) {
        case MARGIN, SCORE -> columns.addAll(outputs.columns(emit.key(), cells(emit)));
        case LEAF ->
            IntStream.range(0, cells(emit)).forEach(tree -> columns.add(emit.key() + "_" + tree));
      }
    }

    return columns.stream().map(CsvScoring::quoted).collect(Collectors.joining(",", "", "\n"));
  }

  /** Returns a cell, in quotes if a reader needs them: an output may have any name. */
  private static String quoted(String cell) {
    boolean plain = cell.chars().noneMatch(character -> ",\"\r\n".indexOf(character) >= 0);
    return plain ? cell : "\"" + cell.replace("\"", "\"\"") + "\"";
  }
}
