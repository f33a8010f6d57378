package io.paritree.spark.iceberg;

import io.paritree.spark.tables.SqlName;
import io.paritree.spark.tables.TableToRead;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name or the path of an Iceberg table, and what Iceberg takes the end of it for: a branch, a
 * tag, a snapshot or a time, as in {@code lake.t.branch_audit} and {@code /lake/t#branch_audit}.
 *
 * <p>A table itself may have such a name, which only its catalog knows.
 *
 * @param table the name or the path without that end
 * @param selector the end, without quotes; empty if there is none
 */
record IcebergName(String table, String selector) {
  private static final Pattern LAST_PART = Pattern.compile("(.+)\\.(`(?:[^`]|``)+`|[^.`]+)");
  private static final Pattern SELECTOR =
      Pattern.compile("(branch|tag)_.+|(snapshot_id|at_timestamp)_[0-9]+");
  private static final String BRANCH = "branch_";

  /** Splits a name or, if it contains a slash, a path. */
  static IcebergName of(String name) {
    if (name.contains("/")) {
      int hash = name.lastIndexOf('#');
      return hash > name.lastIndexOf('/') && hash < name.length() - 1
          ? new IcebergName(name.substring(0, hash), name.substring(hash + 1))
          : new IcebergName(name, "");
    }

    Matcher parts = LAST_PART.matcher(name);
    String last = parts.matches() ? unquoted(parts.group(2)) : "";
    return SELECTOR.matcher(last).matches()
        ? new IcebergName(parts.group(1), last)
        : new IcebergName(name, "");
  }

  private static String unquoted(String part) {
    return part.startsWith("`") ? part.substring(1, part.length() - 1).replace("``", "`") : part;
  }

  /** Returns the name or the path of a table with a selector. */
  static String selecting(TableToRead asked, String selector) {
    return asked.isPath()
        ? asked.name() + "#" + selector
        : "%s.%s".formatted(asked.name(), SqlName.quoted(selector));
  }

  /** Returns whether Iceberg knows the selector, if there is one. */
  boolean isKnown() {
    return selector.isEmpty() || SELECTOR.matcher(selector).matches();
  }

  /** Returns the branch that the selector names; empty if it names none. */
  Optional<String> branch() {
    return selector.startsWith(BRANCH) && isKnown()
        ? Optional.of(selector.substring(BRANCH.length()))
        : Optional.empty();
  }
}
