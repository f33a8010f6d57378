package io.paritree.spark.iceberg;

import java.util.Optional;
import org.apache.iceberg.BaseMetadataTable;
import org.apache.iceberg.MetadataTableType;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;
import org.apache.spark.sql.SparkSession;

/**
 * What the name of an Iceberg table means: the table, and which of its branches, tags and snapshots
 * is read or written.
 *
 * <p>If the name has no branch, and the table is audited before it is published ({@code
 * write.wap.enabled}), it is the session's branch ({@code spark.wap.branch}), as for the statements
 * of Spark.
 *
 * @param table as a catalog has loaded it
 * @param name of the table, without branch, tag or snapshot
 * @param selector what the name says of them; empty if it says nothing
 * @param sessionBranch the session's branch, if it counts
 */
record IcebergReference(Table table, String name, String selector, Optional<String> sessionBranch) {
  private static final String AUDITED = "write.wap.enabled";

  /**
   * @param table what a catalog has found by the name
   * @throws IllegalArgumentException in a sentence about the table, if the name means no snapshots
   *     of it
   */
  static IcebergReference of(SparkSession session, String asked, Table table) {
    IcebergName name = IcebergName.of(asked);
    if (table instanceof BaseMetadataTable || MetadataTableType.from(name.selector()) != null) {
      throw new IllegalArgumentException("it is a metadata table");
    } else if (!name.isKnown()) {
      throw new IllegalArgumentException(
          ("Iceberg takes '%s', after the # of a path, for the name of a branch (branch_NAME), a tag (tag_NAME), a"
                  + " snapshot (snapshot_id_NUMBER) or a time (at_timestamp_MILLISECONDS), and it is none of these")
              .formatted(name.selector()));
    } else if (!name.selector().isEmpty() && !isSelected(session, name, table)) {
      name = new IcebergName(asked, "");
    }

    boolean isAudited = Boolean.parseBoolean(table.properties().get(AUDITED));
    return new IcebergReference(
        table,
        name.table(),
        name.selector(),
        isAudited && name.selector().isEmpty()
            ? IcebergRuntime.setting(session, IcebergRuntime.SESSION_BRANCH)
            : Optional.empty());
  }

  /** Returns whether what was found by a whole name is the table of the name's beginning. */
  private static boolean isSelected(SparkSession session, IcebergName name, Table table) {
    return name.table().contains("/")
        || IcebergRuntime.find(session, name.table())
            .filter(base -> base.location().equals(table.location()))
            .isPresent();
  }

  /** Returns the branch that is meant; empty if it is main, or no branch. */
  Optional<String> branch() {
    return new IcebergName(name, selector).branch().or(() -> sessionBranch);
  }

  /**
   * Returns the newest snapshot of the branch; main's if the branch is not there, since then the
   * first commit to it begins there. Null if there is none.
   */
  static Snapshot newest(Table table, Optional<String> branch) {
    SnapshotRef ref = branch.map(table.refs()::get).orElse(null);
    return ref == null ? table.currentSnapshot() : table.snapshot(ref.snapshotId());
  }

  /** Returns whether the name means a tag, a snapshot or a time, which do not change. */
  boolean isFixed() {
    return !selector.isEmpty() && branch().isEmpty();
  }

  /** Returns the branch in words, and why it is meant; empty if it is main, or no branch. */
  Optional<String> shownBranch() {
    String reason =
        sessionBranch.isPresent()
            ? " (%s, %s)".formatted(IcebergRuntime.SESSION_BRANCH, AUDITED)
            : "";
    return branch().map(branch -> "branch '%s'%s".formatted(branch, reason));
  }

  /** Returns why rows cannot be committed to the named reference; empty if they can. */
  Optional<String> writeProblem(SparkSession session) {
    if (isFixed()) {
      return Optional.of(
          "'%s' is a tag or a snapshot, which does not change; give the name of the table or of a branch"
              .formatted(selector));
    }

    Optional<String> stage = IcebergRuntime.setting(session, IcebergRuntime.SESSION_STAGE);
    if (Boolean.parseBoolean(table.properties().get(AUDITED)) && stage.isPresent()) {
      return Optional.of(
          "the session stages its commits (%s=%s, %s), which the job does not; give a branch with %s instead"
              .formatted(
                  IcebergRuntime.SESSION_STAGE,
                  stage.get(),
                  AUDITED,
                  IcebergRuntime.SESSION_BRANCH));
    }

    Optional<SnapshotRef> ref = branch().map(table.refs()::get);
    if (ref.isPresent() && ref.get().isTag()) {
      return Optional.of(
          "'%s' is a tag, which does not change; give the name of a branch"
              .formatted(branch().orElseThrow()));
    }

    boolean isThere =
        ref.isPresent() || branch().filter(SnapshotRef.MAIN_BRANCH::equals).isPresent();
    return branch().isEmpty() || isThere || sessionBranch.isPresent()
        ? Optional.empty()
        : Optional.of(noBranch(branch().get()));
  }

  /** Returns why the branch of a table cannot be written to that is not there. */
  static String noBranch(String branch) {
    return "it has no branch '%s'; make it with ALTER TABLE ... CREATE BRANCH".formatted(branch);
  }
}
