package io.paritree.spark.sql;

import io.paritree.ModelException;
import io.paritree.model.ScoringModel;
import io.paritree.spark.input.InputProblems;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.connector.catalog.functions.BoundFunction;
import org.apache.spark.sql.connector.catalog.functions.UnboundFunction;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * A function of whatever model a reference names when a query is analysed.
 *
 * @param name its qualified name
 * @param reference of the model
 */
record ModelFunction(
    String name, FunctionOutput output, String reference, RowFunction.Unscored unscored)
    implements UnboundFunction {
  /** Sets for a session what becomes of rows that cannot be scored. */
  private static final String STRICT = "paritree.strict";

  /**
   * Binds the function to the columns of a struct, by their names.
   *
   * @throws UnsupportedOperationException naming everything that does not fit; Spark makes its
   *     error of the analysis of it
   */
  @Override
  public BoundFunction bind(StructType arguments) {
    DataType[] types =
        Arrays.stream(arguments.fields()).map(StructField::dataType).toArray(DataType[]::new);
    int most = output == FunctionOutput.REASONS ? 3 : 1;
    int least = Math.min(2, most);
    boolean fits = types.length >= least && types.length <= most;
    if (!fits || !(types[0] instanceof StructType row)) {
      throw new UnsupportedOperationException(
          "Cannot call %s: got %s, expected %s"
              .formatted(
                  name,
                  types.length == 0 ? "no argument" : arguments.sql(),
                  output == FunctionOutput.REASONS
                      ? "a struct with the model's columns and a number, such as (struct(*), 4)"
                      : "one struct with the model's columns, such as (struct(*))"));
    }

    if (types.length > 1) {
      types[1] = DataTypes.IntegerType;
    }

    if (types.length > 2) {
      types[2] = DataTypes.StringType;
    }

    SparkSession session = SparkSession.active();
    PlannedModel planned = planned(session);
    ScoringModel model = planned.open();
    List<String> problems = new ArrayList<>();
    output.problem(model).ifPresent(problems::add);
    RowColumns columns = RowColumns.of(model.schema(), row, problems);
    if (!problems.isEmpty()) {
      throw new UnsupportedOperationException(
          "%s: %s".formatted(name, InputProblems.message(problems)));
    }

    return new RowFunction(
        name, output, planned, columns, unscored(session), output.type(model), types);
  }

  private PlannedModel planned(SparkSession session) {
    try {
      return PlannedModel.of(session, reference);
    } catch (UncheckedIOException e) {
      throw refused(e.getCause());
    } catch (ModelException | IOException | IllegalArgumentException e) {
      throw refused(e);
    }
  }

  private UnsupportedOperationException refused(Exception e) {
    return new UnsupportedOperationException("%s: %s".formatted(name, e.getMessage()), e);
  }

  private RowFunction.Unscored unscored(SparkSession session) {
    String strict = session.conf().get(STRICT, "");
    return strict.isEmpty() ? unscored : ModelCatalog.unscored(STRICT, strict);
  }

  @Override
  public String description() {
    return "%s, by the model %s".formatted(output.description(), reference);
  }
}
