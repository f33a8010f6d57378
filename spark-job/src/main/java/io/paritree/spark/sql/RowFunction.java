package io.paritree.spark.sql;

import io.paritree.Fault;
import io.paritree.InvalidRowException;
import io.paritree.feature.Faults;
import io.paritree.model.ScoringModel;
import io.paritree.reasons.Direction;
import io.paritree.spark.score.FaultList;
import java.util.Locale;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.connector.catalog.functions.ScalarFunction;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * A function of a model, bound to the columns of a struct.
 *
 * <p>Travels in plans, so it holds no model and no settings. Spark's generated code calls {@code
 * invoke}, which it looks up by the types of the arguments; the class is public for that only.
 * Thread-safe.
 */
public final class RowFunction implements ScalarFunction<Object> {
  private final String name;
  private final FunctionOutput output;
  private final PlannedModel model;
  private final RowColumns columns;
  private final Unscored unscored;
  private final DataType resultType;

  /** Only the driver asks for them; a struct of hundreds of columns would make tasks large. */
  private final transient DataType[] inputTypes;

  /** Made by the last thread that called. */
  private transient volatile ThreadScorer owned;

  /** What becomes of a row that cannot be scored. */
  enum Unscored {
    IS_NULL,
    THROWS
  }

  private record ThreadScorer(
      Thread thread, RowScorer scorer, RowEncoder encoder, RowResults results) {}

  RowFunction(
      String name,
      FunctionOutput output,
      PlannedModel model,
      RowColumns columns,
      Unscored unscored,
      DataType resultType,
      DataType[] inputTypes) {
    this.name = name;
    this.output = output;
    this.model = model;
    this.columns = columns;
    this.unscored = unscored;
    this.resultType = resultType;
    this.inputTypes = inputTypes.clone();
  }

  /** Returns the result for a row; null if it cannot be scored. */
  public Object invoke(InternalRow row) {
    ThreadScorer own = owned();
    RowScorer scorer = own.scorer;
    boolean keepsFaults =
        output == FunctionOutput.PREDICT
            || output == FunctionOutput.FAULTS
            || unscored == Unscored.THROWS;
    if (!scorer.read(own.encoder, row, keepsFaults)) {
      return unscored(own);
    }

    if (output == FunctionOutput.FAULTS) {
      return null;
    }

    scorer.score();
    return switch (output) {
      case SCORE -> RowResults.values(scorer.scores());
      case MARGIN -> RowResults.values(scorer.margins());
      case LABEL -> own.results.label(scorer);
      case PREDICT -> own.results.scored(scorer);
      case FAULTS, REASONS ->
          throw new IllegalStateException("Cannot call %s without a number".formatted(name));
    };
  }

  private Object unscored(ThreadScorer own) {
    Faults faults = own.scorer.faults();
    if (unscored == Unscored.THROWS && output != FunctionOutput.FAULTS) {
      throw new InvalidRowException(faults.list());
    }

    return switch (output) {
      case PREDICT -> own.results.unscored(faults);
      case FAULTS -> FaultList.of(faults.list());
      case SCORE, MARGIN, LABEL, REASONS -> null;
    };
  }

  /** Returns the reasons of a row, at most {@code most}. */
  public Object invoke(InternalRow row, int most) {
    return reasons(row, most, Direction.BOTH);
  }

  /** Returns the reasons of a row in a direction: {@code both}, {@code up} or {@code down}. */
  public Object invoke(InternalRow row, int most, UTF8String direction) {
    return direction == null ? null : reasons(row, most, direction(direction.toString()));
  }

  private Direction direction(String text) {
    try {
      return Direction.valueOf(text.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "Cannot call %s: the direction is '%s', expected both, up or down"
              .formatted(name, Fault.printable(text)),
          e);
    }
  }

  private ArrayData reasons(InternalRow row, int most, Direction direction) {
    ThreadScorer own = owned();
    int fields = own.results.fields();
    if (most < 1 || most > fields) {
      throw new IllegalArgumentException(
          "Cannot call %s: %s reasons are asked for, expected 1 to %s, the number of the model's fields"
              .formatted(name, most, fields));
    }

    if (!own.scorer.read(own.encoder, row, unscored == Unscored.THROWS)) {
      return (ArrayData) unscored(own);
    }

    own.scorer.score();
    return own.results.reasons(own.scorer, row, most, direction);
  }

  private ThreadScorer owned() {
    ThreadScorer own = owned;
    if (own == null || own.thread != Thread.currentThread()) {
      ScoringModel open = model.open();
      own =
          new ThreadScorer(
              Thread.currentThread(),
              RowScorer.ofThread(open),
              new RowEncoder(open.schema(), columns),
              new RowResults(open, columns, output));
      owned = own;
    }

    return own;
  }

  @Override
  public Object produceResult(InternalRow arguments) {
    InternalRow row = arguments.isNullAt(0) ? null : arguments.getStruct(0, columns.width());
    if (output != FunctionOutput.REASONS) {
      return invoke(row);
    }

    if (arguments.isNullAt(1)) {
      return null;
    }

    return arguments.numFields() == 2
        ? invoke(row, arguments.getInt(1))
        : invoke(row, arguments.getInt(1), arguments.getUTF8String(2));
  }

  @Override
  public DataType[] inputTypes() {
    return inputTypes.clone();
  }

  @Override
  public DataType resultType() {
    return resultType;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String canonicalName() {
    return toString();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RowFunction function
        && function.output == output
        && function.unscored == unscored
        && function.model.equals(model)
        && function.columns.equals(columns);
  }

  @Override
  public int hashCode() {
    return 31 * model.hashCode() + output.hashCode();
  }

  /** Returns what plans show. */
  @Override
  public String toString() {
    return "%s[%s]".formatted(name, model);
  }
}
