package io.paritree.model.rows;

import io.paritree.Fault;
import io.paritree.forest.Engine;
import io.paritree.forest.explain.Explainer;
import io.paritree.model.manifest.Outputs;
import io.paritree.output.ScoreColumns;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
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
  private static final int EXPLAINED_ROWS = 256;
  private static final int EXPLAINED_VALUES = 1 << 20;

  private final Engine engine;
  private final Optional<Explainer> explainer;
  private final Outputs outputs;
  private final List<Emit> emits;

  /** The kinds of columns that are written. */
  public enum Emit {
    /**
     * The margins, in columns {@code margin}, or {@code margin_<output>} where there are several.
     */
    MARGIN,
    /** The scores, in columns {@code score}, or {@code score_<output>} where there are several. */
    SCORE,
    /** XGBoost's node id of the leaf, per tree, in columns {@code leaf_0}, {@code leaf_1}, ... */
    LEAF,
    /**
     * What each feature adds to each margin, and the base, in columns {@code
     * contribution_<output>_<i>}.
     */
    CONTRIBUTIONS;

    /** Returns the name in options and headers. */
    String key() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /**
   * @param explainer of the contributions; empty if they are not written
   * @param outputs names the columns
   * @param emits the columns, in this order
   */
  public CsvScoring(
      Engine engine, Optional<Explainer> explainer, Outputs outputs, List<Emit> emits) {
    this.engine = engine;
    this.explainer = explainer;
    this.outputs = outputs;
    this.emits = List.copyOf(emits);
  }

  /**
   * Scores all rows.
   *
   * @param out receives the CSV text; the caller closes it
   * @param refused receives the rows with faults
   * @return the number of rows with scores
   */
  public long score(CsvRows rows, Writer out, FaultSummary refused)
      throws IOException, InputException {
    out.write(header());
    int capacity = rows.capacity();
    float[] margins = emits.contains(Emit.MARGIN) ? new float[capacity * engine.outputs()] : null;
    float[] scores = emits.contains(Emit.SCORE) ? new float[capacity * engine.scores()] : null;
    int[] leaves = emits.contains(Emit.LEAF) ? new int[capacity * engine.trees()] : null;
    int explained = explainedRows();
    float[] contributions = new float[explained * cells(Emit.CONTRIBUTIONS)];
    long scored = 0;
    for (int count = rows.next(); count > 0; count = rows.next()) {
      engine.score(rows.slots(), count, margins, scores);
      if (leaves != null) {
        engine.leaves(rows.slots(), count, leaves);
      }

      StringBuilder text = new StringBuilder();
      for (int row = 0; row < count; row++) {
        if (explained > 0 && row % explained == 0) {
          explain(rows.slots(), row, Math.min(explained, count - row), contributions);
        }

        if (refused.addIfRefused(rows, row)) {
          // One empty cell alone would be a blank line, which readers skip.
          text.append(columns() == 1 ? "\"\"" : ",".repeat(columns() - 1)).append('\n');
        } else {
          line(text, row, margins, scores, leaves, contributions, explained);
          scored++;
        }
      }

      out.append(text);
    }

    return scored;
  }

  /** Returns how many rows are explained at a time; 0 if none is. */
  private int explainedRows() {
    return explainer
        .map(used -> Math.max(1, Math.min(EXPLAINED_ROWS, EXPLAINED_VALUES / used.contributions())))
        .orElse(0);
  }

  private void explain(float[] slots, int first, int count, float[] contributions) {
    int width = engine.width();
    float[] some = Arrays.copyOfRange(slots, first * width, (first + count) * width);
    explainer.orElseThrow().explain(some, count, contributions);
  }

  /** Returns faults in one line. */
  static String listed(List<Fault> faults) {
    return faults.stream().map(Fault::toString).collect(Collectors.joining("; "));
  }

  private void line(
      StringBuilder text,
      int row,
      float[] margins,
      float[] scores,
      int[] leaves,
      float[] contributions,
      int explained) {
    int start = text.length();
    for (Emit emit : emits) {
      int cells = cells(emit);
      for (int cell = row * cells; cell < (row + 1) * cells; cell++) {
        switch (emit) {
          case MARGIN -> text.append(margins[cell]);
          case SCORE -> text.append(scores[cell]);
          case LEAF -> text.append(leaves[cell]);
          case CONTRIBUTIONS -> text.append(contributions[cell % (explained * cells)]);
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
      case CONTRIBUTIONS -> explainer.map(Explainer::contributions).orElse(0);
    };
  }

  private int columns() {
    return Math.max(1, emits.stream().mapToInt(this::cells).sum());
  }

  private String header() {
    ScoreColumns scored = ScoreColumns.of(outputs, engine.scores(), engine.outputs());
    List<String> columns = new ArrayList<>();
    for (Emit emit : emits) {
      switch (emit) {
        case MARGIN -> columns.addAll(scored.margins());
        case SCORE -> columns.addAll(scored.scores());
        case LEAF ->
            IntStream.range(0, cells(emit)).forEach(tree -> columns.add(emit.key() + "_" + tree));
        case CONTRIBUTIONS -> addContributionColumns(columns);
      }
    }

    return columns.stream().map(CsvScoring::quoted).collect(Collectors.joining(",", "", "\n"));
  }

  /**
   * An output is named as in the columns of margins, or numbered where it has no name of its own.
   */
  private void addContributionColumns(List<String> columns) {
    int count = engine.outputs();
    for (int output = 0; output < count; output++) {
      String name =
          outputs.names().size() == count ? outputs.names().get(output) : String.valueOf(output);
      for (int feature = 0; feature < cells(Emit.CONTRIBUTIONS) / count; feature++) {
        columns.add("contribution_%s_%s".formatted(name, feature));
      }
    }
  }

  /** Returns a cell, in quotes if a reader needs them: an output may have any name. */
  private static String quoted(String cell) {
    boolean plain = cell.chars().noneMatch(character -> ",\"\r\n".indexOf(character) >= 0);
    return plain ? cell : "\"" + cell.replace("\"", "\"\"") + "\"";
  }
}
