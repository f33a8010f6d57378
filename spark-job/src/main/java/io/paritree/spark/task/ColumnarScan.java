package io.paritree.spark.task;

import io.paritree.spark.versions.SparkLists;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.spark.sql.catalyst.expressions.Alias;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.ExprId;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.execution.ColumnarToRowExec;
import org.apache.spark.sql.execution.FileSourceScanExec;
import org.apache.spark.sql.execution.FilterExec;
import org.apache.spark.sql.execution.InputAdapter;
import org.apache.spark.sql.execution.ProjectExec;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.execution.WholeStageCodegenExec;
import org.apache.spark.sql.execution.datasources.v2.BatchScanExec;

/**
 * The scan of a plan that otherwise only selects columns and converts batches to rows, so that the
 * scan's batches can be used in place of the plan's rows.
 *
 * @param scan produces columnar batches
 * @param ordinals where the batches have each of the plan's columns
 */
public record ColumnarScan(SparkPlan scan, int[] ordinals) {

  /**
   * Finds the scan; empty if the plan does anything else, such as computing a column or leaving out
   * rows: then only its rows can be used.
   *
   * @param indexed the name that the scan has for the index of a row in its file, if that is the
   *     plan's last column. Between the two may be a struct of a file's metadata
   */
  public static Optional<ColumnarScan> of(SparkPlan plan, Optional<String> indexed) {
    return of(plan, indexed, operator -> false);
  }

  /** The same; conditions are ignored, because the tasks leave out the rows themselves. */
  public static Optional<ColumnarScan> withAllRows(SparkPlan plan, Optional<String> indexed) {
    return of(plan, indexed, FilterExec.class::isInstance);
  }

  private static Optional<ColumnarScan> of(
      SparkPlan plan, Optional<String> indexed, Predicate<SparkPlan> isPassed) {
    List<Attribute> columns = new ArrayList<>(SparkLists.output(plan));
    Set<ExprId> index = new HashSet<>();
    if (indexed.isPresent()) {
      index.add(columns.remove(columns.size() - 1).exprId());
    }

    SparkPlan at = plan;
    while (at instanceof WholeStageCodegenExec
        || at instanceof InputAdapter
        || at instanceof ColumnarToRowExec
        || at instanceof ProjectExec
        || isPassed.test(at)) {
      if (at instanceof ProjectExec project && !follow(project, columns, index)) {
        return Optional.empty();
      }

      at = SparkLists.children(at).get(0);
    }

    boolean isScan = at instanceof FileSourceScanExec || at instanceof BatchScanExec;
    return isScan && at.supportsColumnar() ? found(at, columns, index, indexed) : Optional.empty();
  }

  /**
   * Replaces columns of a projection by the columns of its child.
   *
   * @param index the columns that the index of a row is taken from, replaced likewise
   * @return whether each of them is one
   */
  private static boolean follow(ProjectExec project, List<Attribute> columns, Set<ExprId> index) {
    Map<ExprId, Expression> selected = new HashMap<>();
    for (NamedExpression any : SparkLists.selected(project)) {
      selected.put(any.exprId(), any instanceof Alias alias ? alias.child() : (Expression) any);
    }

    for (int column = 0; column < columns.size(); column++) {
      if (!(selected.get(columns.get(column).exprId()) instanceof Attribute below)) {
        return false;
      }

      columns.set(column, below);
    }

    List<ExprId> above = List.copyOf(index);
    index.clear();
    above.stream()
        .map(selected::get)
        .filter(Objects::nonNull)
        .flatMap(expression -> SparkLists.references(expression).stream())
        .forEach(below -> index.add(below.exprId()));
    return true;
  }

  private static Optional<ColumnarScan> found(
      SparkPlan scan, List<Attribute> columns, Set<ExprId> index, Optional<String> indexed) {
    List<Attribute> output = SparkLists.output(scan);
    List<ExprId> places = output.stream().map(Attribute::exprId).toList();
    List<Integer> ordinals = new ArrayList<>();
    columns.forEach(column -> ordinals.add(places.indexOf(column.exprId())));
    if (indexed.isPresent()) {
      ordinals.add(
          IntStream.range(0, places.size())
              .filter(place -> index.contains(places.get(place)))
              .filter(place -> output.get(place).name().equals(indexed.get()))
              .findFirst()
              .orElse(-1));
    }

    return ordinals.contains(-1)
        ? Optional.empty()
        : Optional.of(
            new ColumnarScan(scan, ordinals.stream().mapToInt(Integer::intValue).toArray()));
  }
}
