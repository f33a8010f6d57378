package io.paritree.spark.tables.delta;

import io.paritree.spark.tables.ActiveSession;
import io.paritree.spark.versions.SparkLists;
import io.paritree.spark.versions.SparkVersion;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.parser.ParseException;
import org.apache.spark.sql.types.StructType;
import scala.Option;

/**
 * A transaction on a Delta table: what it reads, it protects from being changed before it commits.
 *
 * <p>Like {@link DeltaSnapshot}, without a public interface of Delta. Not thread-safe.
 */
record DeltaTransaction(SparkSession session, Object transaction) {
  private static final String DELTA = "org.apache.spark.sql.delta.";

  /**
   * Begins a transaction on the newest version of a table.
   *
   * @param table the table's directory
   */
  static DeltaTransaction begin(SparkSession session, String table) {
    Object logs = module("DeltaLog$");
    Method forTable = method(logs, "forTable", SparkSession.class, String.class);
    return ActiveSession.call(
        session,
        () -> {
          Object log = SparkLists.invoke(forTable, logs, session, table);
          return new DeltaTransaction(session, SparkLists.call(log, "startTransaction"));
        });
  }

  /** Returns the version that the transaction reads. */
  DeltaSnapshot snapshot() {
    Object log = SparkLists.call(transaction, "deltaLog");
    return DeltaSnapshot.of(SparkLists.call(transaction, "snapshot"), log);
  }

  /**
   * Lets the commit make the table, with the session's defaults for new tables.
   *
   * @param action of the log, as JSON
   */
  void makesTable(String action) {
    Object parsed = parsed(action);
    Method update =
        Arrays.stream(transaction.getClass().getMethods())
            .filter(method -> method.getName().equals("updateMetadata"))
            .filter(method -> method.getParameterCount() == 2)
            .findFirst()
            .orElseThrow(() -> lacking(transaction, "updateMetadata", null));
    // Defaults of new tables count.
    ActiveSession.call(session, () -> SparkLists.invoke(update, transaction, parsed, false));
  }

  private Object metadata() {
    return SparkLists.call(transaction, "metadata");
  }

  /** Returns what this job cannot honour of the table after the commit, as ends of sentences. */
  List<String> unfitFeatures() {
    StructType schema = (StructType) SparkLists.call(metadata(), "schema");
    return DeltaFeatures.problems(metadata(), SparkLists.call(transaction, "protocol"), schema);
  }

  /** Returns whether a commit to the table, by this name, is known to it. */
  boolean knows(String name) {
    Method method = method(transaction, "txnVersion", String.class);
    return (long) SparkLists.invoke(method, transaction, name) >= 0;
  }

  /**
   * Says that the transaction reads the rows of some partitions: if another one adds files to them
   * before it commits, it fails.
   *
   * @param predicate an SQL expression of partition columns
   */
  void reads(String predicate) {
    Expression expression;
    try {
      expression = session.sessionState().sqlParser().parseExpression(predicate);
    } catch (ParseException e) {
      throw new IllegalArgumentException(e);
    }

    SparkLists.call(
        transaction,
        "trackReadPredicates",
        SparkLists.scala(List.of(expression)),
        false, // Delta finds out which columns
        true);
  }

  /**
   * Commits.
   *
   * @param actions as JSON
   * @param predicate says in the table's history what was replaced
   * @param metadata is kept with the commit
   * @return the version that the commit has made
   * @throws java.util.ConcurrentModificationException if another transaction has changed what this
   *     one has read
   */
  long commit(List<String> actions, String predicate, String metadata) {
    List<Object> all = new ArrayList<>();
    actions.forEach(action -> all.add(parsed(action)));
    Object operation = operation(predicate, metadata);
    return ActiveSession.call(
        session,
        () -> (long) SparkLists.call(transaction, "commit", SparkLists.scala(all), operation));
  }

  private static Object parsed(String action) {
    Object parser = module("actions.Action$");
    return SparkLists.invoke(method(parser, "fromJson", String.class), parser, action);
  }

  /** Returns the operation of the commit; later versions of Delta know more about one. */
  private static Object operation(String predicate, String metadata) {
    Object write = module("DeltaOperations$Write$");
    Method apply =
        Arrays.stream(write.getClass().getMethods())
            .filter(method -> method.getName().equals("apply") && !method.isBridge())
            .filter(method -> method.getParameterTypes()[0] == SaveMode.class)
            .findFirst()
            .orElseThrow(() -> lacking(write, "apply", null));
    Object[] arguments = new Object[apply.getParameterCount()];
    Arrays.fill(arguments, Option.empty());
    arguments[0] = SaveMode.Overwrite;
    arguments[2] = Option.apply(predicate);
    arguments[3] = Option.apply(metadata);
    return SparkLists.invoke(apply, write, arguments);
  }

  private static Object module(String name) {
    try {
      ClassLoader loader = Thread.currentThread().getContextClassLoader();
      return loader.loadClass(DELTA + name).getField("MODULE$").get(null);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(
          "Cannot use this Delta on Spark %s: it has no %s"
              .formatted(SparkVersion.running().text(), DELTA + name),
          e);
    }
  }

  private static Method method(Object owner, String name, Class<?>... types) {
    try {
      return owner.getClass().getMethod(name, types);
    } catch (NoSuchMethodException e) {
      throw lacking(owner, name, e);
    }
  }

  private static IllegalStateException lacking(Object owner, String method, Exception cause) {
    return new IllegalStateException(
        "Cannot use this Delta on Spark %s: %s has no method %s"
            .formatted(SparkVersion.running().text(), owner.getClass().getName(), method),
        cause);
  }
}
