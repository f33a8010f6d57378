package io.paritree.spark.tables;

import io.paritree.spark.report.RefusedException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A table as a user has named it: by a path, which contains a slash, or a name in a catalog. */
public sealed interface NamedTable permits TableToRead, TableToWrite {
  Pattern SQL = Pattern.compile("\\w+\\.`(.+)`");

  String name();

  /** Returns whether the table is named by its path. */
  default boolean isPath() {
    return name().contains("/") && sqlProblem(name()).isEmpty();
  }

  /** Returns why the name is neither a path nor a name; empty if it is one of them. */
  Optional<String> problem();

  /** Returns that a text is SQL for a table of a path; empty if it is not. */
  static Optional<String> sqlProblem(String given) {
    Matcher sql = SQL.matcher(given);
    return sql.matches()
        ? Optional.of("this is a table in SQL; give the path itself, " + sql.group(1))
        : Optional.empty();
  }

  /** Returns the exception for a table that cannot be read, or written to. */
  RefusedException refused(String reason);
}
