package io.paritree.spark.tables;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;

/** Names of columns and tables as parts of SQL, whatever characters they have. */
public final class SqlName {
  private SqlName() {}

  /** Returns a name as part of an SQL expression. */
  public static String quoted(String name) {
    return "`" + name.replace("`", "``") + "`";
  }

  /** Returns the column of this name. */
  public static Column column(String name) {
    return functions.col(quoted(name));
  }
}
