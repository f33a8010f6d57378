package io.paritree.spark.sql;

import io.paritree.ModelException;
import io.paritree.PublicApi;
import io.paritree.model.ScoringModel;
import io.paritree.output.ScoreColumns;
import io.paritree.spark.input.InputProblems;
import io.paritree.spark.versions.RowEncoders;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * How the rows of a Dataset are scored: by which model, and with which columns.
 *
 * <p>Immutable and thread-safe: each method returns another object.
 */
@PublicApi
public final class DatasetScoring {
  private final String reference;
  private final List<String> carried;
  private final boolean hasMargins;
  private final boolean hasFaults;
  private final boolean isStrict;
  private final boolean hasContributions;
  private final Set<String> cells;

  DatasetScoring(String reference) {
    this(reference, List.of(), false, false, false, false, Set.of());
  }

  private DatasetScoring(
      String reference,
      List<String> carried,
      boolean hasMargins,
      boolean hasFaults,
      boolean isStrict,
      boolean hasContributions,
      Set<String> cells) {
    this.reference = reference;
    this.carried = carried;
    this.hasMargins = hasMargins;
    this.hasFaults = hasFaults;
    this.isStrict = isStrict;
    this.hasContributions = hasContributions;
    this.cells = cells;
  }

  private DatasetScoring with(
      List<String> columns, boolean margins, boolean faults, boolean strict) {
    return new DatasetScoring(reference, columns, margins, faults, strict, hasContributions, cells);
  }

  /** Keeps these columns, first and in this order. Without any, all columns are kept. */
  public DatasetScoring keys(String... columns) {
    List<String> all = new ArrayList<>(Arrays.asList(columns));
    all.addAll(carried);
    return with(distinct(all), hasMargins, hasFaults, isStrict);
  }

  /** Keeps these columns too, after the columns that are kept already. */
  public DatasetScoring pass(String... columns) {
    List<String> all = new ArrayList<>(carried);
    all.addAll(Arrays.asList(columns));
    return with(distinct(all), hasMargins, hasFaults, isStrict);
  }

  private static List<String> distinct(List<String> names) {
    return List.copyOf(new LinkedHashSet<>(names));
  }

  /** Adds the column {@code margin}, or {@code margin_<output>} where there are several. */
  public DatasetScoring withMargin() {
    return with(carried, true, hasFaults, isStrict);
  }

  /**
   * Adds the column {@code faults}: why a row cannot be scored, as an array of {@code field, code,
   * got, expected}; null for all other rows.
   */
  public DatasetScoring withFaults() {
    return with(carried, hasMargins, true, isStrict);
  }

  /** Lets a row that cannot be scored end the query, instead of having nulls. */
  public DatasetScoring strict() {
    return with(carried, hasMargins, hasFaults, true);
  }

  /** Adds contributions, in the columns of the job. */
  DatasetScoring withContributions() {
    return new DatasetScoring(reference, carried, hasMargins, hasFaults, isStrict, true, cells);
  }

  /** Reads the texts of these columns as the job reads cells of CSV and names of directories. */
  DatasetScoring ofCells(Set<String> columns) {
    return new DatasetScoring(
        reference, carried, hasMargins, hasFaults, isStrict, hasContributions, Set.copyOf(columns));
  }

  /**
   * Adds {@code score} (or {@code score_<output>} where there are several), {@code label} where the
   * outputs are classes, and {@code model_version}, as the job writes them and with the same bits.
   * A row that cannot be scored has nulls there.
   *
   * <p>The model is found, verified and broadcast now, and its columns are looked up by their exact
   * names; an alias that moves later changes nothing. Rows are scored when the result is used. Rows
   * may come from a stream. The order of the rows of a partition is kept.
   *
   * @throws ModelException if the reference names no model, or one that cannot be scored
   * @throws IOException if it cannot be read
   * @throws IllegalArgumentException naming all columns that are missing, of a wrong type, or in
   *     the way of the new ones
   */
  public Dataset<Row> score(Dataset<?> rows) throws ModelException, IOException {
    return score(rows, PlannedModel.of(rows.sparkSession(), reference));
  }

  /** Like {@link #score(Dataset)}, with a model that was found and verified already. */
  Dataset<Row> score(Dataset<?> rows, PlannedModel planned) {
    ScoringModel model = planned.open();
    StructType given = rows.schema();
    List<String> problems = new ArrayList<>();
    RowColumns columns = RowColumns.of(model.schema(), given, cells, problems);
    List<String> kept = carried.isEmpty() ? Arrays.asList(given.fieldNames()) : carried;
    StructType result = new StructType();
    for (String name : kept) {
      int at = Arrays.asList(given.fieldNames()).indexOf(name);
      if (at < 0) {
        problems.add("column '%s', a key or passed column, is missing".formatted(name));
      } else {
        result = result.add(given.fields()[at]);
      }
    }

    StructType output = ResultColumns.added(result, model, hasMargins, hasContributions, hasFaults);
    checkNames(output, isCaseSensitive(rows), problems);
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(InputProblems.message(problems));
    }

    return scored(rows, planned, columns, kept, output);
  }

  /** The version is the same in all rows, so that Spark adds it, and encodes it once. */
  private static Column version(PlannedModel planned) {
    return functions.lit(planned.modelVersion()).as(ScoreColumns.MODEL_VERSION);
  }

  private Dataset<Row> scored(
      Dataset<?> rows,
      PlannedModel planned,
      RowColumns columns,
      List<String> kept,
      StructType output) {
    Selection selection = Selection.of(kept, rows.schema(), columns);
    Dataset<Row> selected = rows.select(selection.columns().toArray(Column[]::new));
    StructType row = selected.schema();
    StructType computed = new StructType();
    List<String> written = new ArrayList<>();
    Column[] all = new Column[output.size()];
    for (int index = 0; index < all.length; index++) {
      StructField field = output.fields()[index];
      if (field.name().equals(ScoreColumns.MODEL_VERSION)) {
        all[index] = version(planned);
        continue;
      }

      String name = Selection.name(index < kept.size() ? index : row.size());
      if (index >= kept.size()) {
        row = row.add(name, field.dataType(), field.nullable());
        computed = computed.add(name, field.dataType());
      }

      written.add(name);
      all[index] = RowEncoders.whole(name, field.nullable()).as(field.name(), field.metadata());
    }

    return selected
        .as(RowEncoders.reading(selected.schema()))
        .mapPartitions(
            new BlockScoring(
                planned,
                selection.places(),
                hasMargins,
                hasFaults,
                isStrict,
                hasContributions,
                computed),
            RowEncoders.writing(row, written))
        .select(all);
  }

  private static boolean isCaseSensitive(Dataset<?> rows) {
    return Boolean.parseBoolean(rows.sparkSession().conf().get("spark.sql.caseSensitive", "false"));
  }

  /** Refuses names that would occur twice, by the session's rule. */
  private static void checkNames(
      StructType output, boolean isCaseSensitive, List<String> problems) {
    Set<String> seen = new LinkedHashSet<>();
    for (String name : output.fieldNames()) {
      if (!seen.add(isCaseSensitive ? name : name.toLowerCase(Locale.ROOT))) {
        problems.add(
            "column '%s' would occur twice in the result; keep other columns, or rename it"
                .formatted(name));
      }
    }
  }
}
