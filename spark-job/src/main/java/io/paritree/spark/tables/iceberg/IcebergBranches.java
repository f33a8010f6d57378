package io.paritree.spark.tables.iceberg;

import io.paritree.spark.tables.NamedTable;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.iceberg.BaseMetadataTable;
import org.apache.iceberg.Table;
import org.apache.spark.sql.SparkSession;

/**
 * Says where the name of an Iceberg table, or the session, means a branch, a tag or a snapshot of
 * it. The job reads tables at {@code --as-of} and writes their main branch; so what it would read
 * or write would be something else than was asked for.
 */
final class IcebergBranches {
  /**
   * Tables that are audited before they are published, and settings of sessions that write them.
   */
  private static final String AUDITED = "write.wap.enabled";

  private static final String SESSION_BRANCH = "spark.wap.branch";
  private static final String SESSION_STAGE = "spark.wap.id";

  private static final Pattern IN_PATH = Pattern.compile("(.*)#([^/]+)");
  private static final Pattern IN_NAME =
      Pattern.compile(
          "(.+)\\.`?((?:branch|tag)_[^.]+?|(?:snapshot_id|at_timestamp)_[0-9]+)`?", Pattern.DOTALL);

  private IcebergBranches() {}

  /**
   * Returns the path of the table of which a path means a part; empty if it means a whole table.
   */
  static Optional<String> tableOf(String path) {
    Matcher parts = IN_PATH.matcher(path);
    return parts.matches() ? Optional.of(parts.group(1)) : Optional.empty();
  }

  /** Returns why a path cannot be read or written, in a sentence about it; empty if it can. */
  static Optional<String> problem(String path) {
    return tableOf(path).map(table -> isPart(path.substring(table.length()), "a path", table));
  }

  private static String isPart(String end, String of, String table) {
    return ("Iceberg takes '%s' at the end of %s for a branch, a tag or a snapshot of a table; give %s, and read tags"
            + " and snapshots with --as-of")
        .formatted(end, of, table);
  }

  /**
   * Returns why a table cannot be read or written, in a sentence about it; empty if it can.
   *
   * @param table what a catalog has found by the name, or the path
   */
  static Optional<String> problem(SparkSession session, NamedTable asked, Table table) {
    if (table instanceof BaseMetadataTable) {
      return Optional.of("it is a metadata table");
    }

    Matcher parts = IN_NAME.matcher(asked.name());
    if (!asked.isPath()
        && parts.matches()
        && IcebergRuntime.find(session, parts.group(1))
            .filter(whole -> whole.location().equals(table.location()))
            .isPresent()) {
      return Optional.of(isPart(parts.group(2), "a name", parts.group(1)));
    }

    for (String setting : new String[] {SESSION_BRANCH, SESSION_STAGE}) {
      Optional<String> value = IcebergRuntime.setting(session, setting);
      if (value.isPresent() && Boolean.parseBoolean(table.properties().get(AUDITED))) {
        return Optional.of(
            "the session's %s is %s, and the job reads and writes the main branch only; start it without that setting, or set %s of the table to false"
                .formatted(setting, value.get(), AUDITED));
      }
    }

    return Optional.empty();
  }
}
