package io.paritree.spark;

import io.paritree.spark.check.CheckedRun;
import io.paritree.spark.drift.DriftRules;
import io.paritree.spark.history.DriftHistory;
import io.paritree.spark.publish.RunDirectory;
import io.paritree.spark.publish.RunName;
import io.paritree.spark.settings.JobSettings;
import io.paritree.spark.task.Tally;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;

/**
 * The tables that a run appends to, beside its output: of drift, and of the scores of challengers.
 * That one cannot be appended to is printed, and no failure of the run. Not thread-safe.
 */
final class RunTables {
  private final JobSettings settings;
  private final SparkSession session;
  private final PrintStream progress;
  private final Instant startedAt;
  private final Optional<DriftHistory> history;
  private Optional<String> undrifted = Optional.empty(); // why the table of drift lacks something
  private Optional<String> unwritten = Optional.empty(); // why that of challengers does

  /**
   * @param name of the run, which no other run has
   */
  RunTables(
      RunName name,
      JobSettings settings,
      DriftRules rules,
      SparkSession session,
      PrintStream progress,
      Instant startedAt) {
    this.settings = settings;
    this.session = session;
    this.progress = progress;
    this.startedAt = startedAt;
    this.history =
        settings
            .drift()
            .table()
            .map(
                table ->
                    new DriftHistory(
                        session,
                        table,
                        name.toString(),
                        settings.runId(),
                        startedAt,
                        rules.rules()));
  }

  /** Returns what receives the drift of the partitions; empty if it goes to no table. */
  Optional<DriftHistory> history() {
    return history;
  }

  /** Appends drift now if much of it waits. */
  void writeLarge() {
    if (history.filter(DriftHistory::isLarge).isPresent()) {
      write();
    }
  }

  /**
   * Appends the drift that waits.
   *
   * @return why a table could not be appended to, now or before; empty if all could
   */
  Optional<String> write() {
    if (undrifted.isEmpty() && history.isPresent()) {
      try {
        StopSignal.check();
        history.get().write();
      } catch (Exception | LinkageError e) { // Spark and the formats throw checked ones undeclared
        undrifted = Optional.of(notWritten("drift", settings.drift().table().get().name(), e));
      }
    }

    return undrifted.isEmpty() && unwritten.isEmpty()
        ? Optional.empty()
        : Optional.of(
            Stream.of(undrifted, unwritten)
                .flatMap(Optional::stream)
                .collect(Collectors.joining("; ")));
  }

  /** Returns whether the scores of challengers can be appended when partitions are published. */
  boolean keepCompared(CheckedRun checked, RunDirectory directory, Tally tally) {
    try {
      ChallengerHistory.keep(checked.place().store(), directory, tally);
      return true;
    } catch (IOException e) {
      notCompared(e);
      return false;
    }
  }

  /** Appends the scores of challengers of partitions that were published. */
  void appendCompared(
      CheckedRun checked, RunDirectory directory, Tally tally, List<String> published) {
    try {
      ChallengerHistory.append(session, checked, directory, tally, published, startedAt);
    } catch (Exception | LinkageError e) { // Spark and the formats throw checked ones undeclared
      notCompared(e);
    }
  }

  private void notCompared(Throwable cause) {
    String table = settings.challengers().table().orElseThrow().name();
    String why = notWritten("scores of challengers", table, cause);
    unwritten = unwritten.or(() -> Optional.of(why));
  }

  private String notWritten(String what, String table, Throwable cause) {
    String why =
        "Cannot write %s to %s: %s"
            .formatted(
                what, table, String.valueOf(cause.getMessage()).lines().findFirst().orElse(""));
    progress.println(why);
    return why;
  }
}
