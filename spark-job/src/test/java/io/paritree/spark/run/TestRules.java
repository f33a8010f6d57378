package io.paritree.spark.run;

import io.paritree.spark.versions.SparkLists;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.spark.sql.SparkSessionExtensions;
import org.apache.spark.sql.catalyst.expressions.Alias;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.LessThan;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.catalyst.expressions.Reverse;
import org.apache.spark.sql.catalyst.rules.Rule;
import org.apache.spark.sql.execution.ColumnarRule;
import org.apache.spark.sql.execution.FilterExec;
import org.apache.spark.sql.execution.ProjectExec;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.types.DataTypes;
import scala.Option;
import scala.runtime.AbstractFunction1;
import scala.runtime.BoxedUnit;

/** An extension of the tests' Spark, which changes the scans of plans as the extensions do. */
public final class TestRules extends AbstractFunction1<SparkSessionExtensions, BoxedUnit> {
  private static volatile UnaryOperator<SparkPlan> change = scan -> scan;

  /** Runs something while all scans of files are replaced. */
  static <T> T with(UnaryOperator<SparkPlan> replacement, java.util.function.Supplier<T> run) {
    change = replacement;
    try {
      return run.get();
    } finally {
      change = scan -> scan;
    }
  }

  @Override
  public BoxedUnit apply(SparkSessionExtensions extensions) {
    extensions.injectColumnar(
        session ->
            new ColumnarRule() {
              @Override
              public Rule<SparkPlan> preColumnarTransitions() {
                return new Changed();
              }
            });
    return BoxedUnit.UNIT;
  }

  private static final class Changed extends Rule<SparkPlan> {
    @Override
    public SparkPlan apply(SparkPlan plan) {
      List<SparkPlan> children = SparkLists.children(plan);
      if (children.isEmpty()) {
        return column(plan, "note") == null ? plan : change.apply(plan);
      }

      List<SparkPlan> changed = new ArrayList<>();
      children.forEach(child -> changed.add(apply(child)));
      return changed.equals(children)
          ? plan
          : (SparkPlan) SparkLists.call(plan, "withNewChildren", SparkLists.scala(changed));
    }
  }

  private static Attribute column(SparkPlan plan, String name) {
    return SparkLists.output(plan).stream()
        .filter(column -> column.name().equals(name))
        .findFirst()
        .orElse(null);
  }

  /** Returns a scan whose notes are written backwards, under the same name. */
  static SparkPlan masked(SparkPlan scan) {
    List<Expression> columns = new ArrayList<>();
    for (Attribute column : SparkLists.output(scan)) {
      columns.add(
          column.name().equals("note")
              ? SparkLists.create(
                  Alias.class,
                  new Reverse(column),
                  column.name(),
                  column.exprId(),
                  SparkLists.scala(List.of()),
                  Option.empty(),
                  SparkLists.scala(List.of()))
              : column);
    }

    return SparkLists.create(ProjectExec.class, SparkLists.scala(columns), scan);
  }

  /** Returns a scan that has only the rows whose notes come before a text. */
  static UnaryOperator<SparkPlan> before(String note) {
    return scan ->
        new FilterExec(
            new LessThan(column(scan, "note"), Literal.create(note, DataTypes.StringType)), scan);
  }
}
