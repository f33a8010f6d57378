package io.paritree.spark.versions;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.ListIterator;
import java.util.stream.IntStream;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.StageInfo;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.BaseOrdering;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.catalyst.expressions.RowOrdering;
import org.apache.spark.sql.catalyst.util.StringUtils;
import org.apache.spark.sql.execution.ProjectExec;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.execution.datasources.FilePartition;
import org.apache.spark.sql.execution.datasources.FileScanRDD;
import org.apache.spark.sql.types.DataType;
import scala.collection.Iterable;
import scala.collection.Iterator;
import scala.collection.immutable.$colon$colon;
import scala.collection.immutable.Nil$;

/**
 * Spark's methods and constructors that return or take a Scala {@code Seq}, with Java's lists.
 *
 * <p>{@code Seq} is {@code scala.collection.Seq} to Scala 2.12 and {@code
 * scala.collection.immutable.Seq} to Scala 2.13, so a compiled call would run on one of them only.
 * Here they are found by name.
 */
public final class SparkLists {
  private SparkLists() {}

  /** Returns the columns that a plan returns. */
  public static List<Attribute> output(SparkPlan plan) {
    return list(plan, "output");
  }

  /** Returns the plans that a plan reads from. */
  public static List<SparkPlan> children(SparkPlan plan) {
    return list(plan, "children");
  }

  /** Returns what a projection selects. */
  public static List<NamedExpression> selected(ProjectExec projection) {
    return list(projection, "projectList");
  }

  /** Returns all expressions that an operator evaluates. */
  public static List<Expression> expressions(SparkPlan operator) {
    return list(operator, "expressions");
  }

  /** Returns the columns that an expression is made of. */
  public static List<Attribute> references(Expression expression) {
    return list(expression, "references");
  }

  /** Returns which files each task of a scan reads. */
  public static List<FilePartition> filePartitions(FileScanRDD scan) {
    return list(scan, "filePartitions");
  }

  /** Returns the stages of a Spark job that starts. */
  public static List<StageInfo> stages(SparkListenerJobStart start) {
    return list(start, "stageInfos");
  }

  /** Returns the statements of a text, as Spark's own shell separates them. */
  @SuppressWarnings("unchecked") // a list of texts
  public static List<String> statements(String sql) {
    Method split = method(StringUtils.class, "splitSemiColonWithIndex", 2);
    return (List<String>) (Object) java(invoke(split, null, sql, true));
  }

  /** Returns the ascending order, nulls first, of rows with columns of these types. */
  public static BaseOrdering ascending(List<DataType> types) {
    return (BaseOrdering)
        invoke(method(RowOrdering.class, "createNaturalAscendingOrdering", 1), null, scala(types));
  }

  /** Returns a list that both versions of Scala take as a {@code Seq}. */
  @SuppressWarnings("unchecked") // the empty list has no elements of any type
  public static <T> scala.collection.immutable.List<T> scala(List<T> elements) {
    scala.collection.immutable.List<T> list =
        (scala.collection.immutable.List<T>) (Object) Nil$.MODULE$;
    ListIterator<T> backwards = elements.listIterator(elements.size());
    while (backwards.hasPrevious()) {
      list = new $colon$colon<>(backwards.previous(), list);
    }

    return list;
  }

  @SuppressWarnings("unchecked") // the callers name methods with elements of their types
  public static <T> List<T> list(Object owner, String method) {
    return (List<T>) java(call(owner, method));
  }

  /** Returns the elements of a Scala collection. */
  public static List<Object> java(Object collection) {
    List<Object> list = new ArrayList<>();
    Iterator<?> elements = ((Iterable<?>) collection).iterator();
    while (elements.hasNext()) {
      list.add(elements.next());
    }

    return list;
  }

  /** Calls a method of this name with as many parameters. */
  public static Object call(Object owner, String name, Object... arguments) {
    return invoke(method(owner.getClass(), name, arguments.length), owner, arguments);
  }

  /** Makes an object by the constructor that takes these arguments, which are no primitives. */
  public static <T> T create(Class<T> type, Object... arguments) {
    Constructor<?> constructor =
        Arrays.stream(type.getConstructors())
            .filter(any -> takes(any, arguments))
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "Cannot use Spark %s: %s has no constructor that takes %s"
                            .formatted(
                                SparkVersion.running().text(),
                                type.getName(),
                                Arrays.toString(arguments))));
    try {
      return type.cast(constructor.newInstance(arguments));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(
          "Cannot use Spark %s: %s cannot be called"
              .formatted(SparkVersion.running().text(), constructor),
          e);
    }
  }

  private static boolean takes(Constructor<?> constructor, Object... arguments) {
    Class<?>[] types = constructor.getParameterTypes();
    return types.length == arguments.length
        && IntStream.range(0, types.length).allMatch(at -> types[at].isInstance(arguments[at]));
  }

  private static Method method(Class<?> type, String name, int parameters) {
    return Arrays.stream(type.getMethods())
        .filter(any -> any.getName().equals(name) && !any.isBridge())
        .filter(any -> any.getParameterCount() == parameters)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "Cannot use Spark %s: %s has no method %s"
                        .formatted(SparkVersion.running().text(), type.getName(), name)));
  }

  /** Calls a method, and throws what it throws. */
  public static Object invoke(Method method, Object owner, Object... arguments) {
    try {
      return method.invoke(owner, arguments);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      } else if (e.getCause() instanceof Error failure) {
        throw failure;
      }

      throw new IllegalStateException(e.getCause());
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(
          "Cannot use Spark %s: %s is not accessible"
              .formatted(SparkVersion.running().text(), method),
          e);
    }
  }
}
