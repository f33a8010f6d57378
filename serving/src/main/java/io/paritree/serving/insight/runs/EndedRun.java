package io.paritree.serving.insight.runs;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.json.Documents;
import io.paritree.json.JsonText;
import io.paritree.output.PartitionValue;
import io.paritree.output.RunReport;
import io.paritree.output.RunReport.Partition;
import java.io.IOException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What is kept of a run that has ended, or of one group of it.
 *
 * @param directory the name of its directory, which no other run has
 * @param began when it began; if its report cannot be read, when its directory was changed
 * @param modifiedMillis when its directory was changed
 * @param report empty if its report cannot be read
 * @param problem why not, for callers; empty if it can
 */
record EndedRun(
    String directory, Instant began, long modifiedMillis, Optional<Kept> report, String problem) {
  /** The newest first; of the groups of one run, the one that ended last. */
  static final Comparator<EndedRun> NEWEST_FIRST =
      Comparator.comparing(EndedRun::began)
          .thenComparingLong(EndedRun::modifiedMillis)
          .thenComparing(EndedRun::directory)
          .reversed();

  private static final int MOST_NIGHTS = 100;
  private static final int BYTES_BESIDE = 500;

  /**
   * What is kept of a report: texts, and what is answered of it, as it is written, so that its
   * length is known.
   *
   * @param id of the run, which others may have, too
   * @param modelVersion empty if there was no model
   * @param modelDigest the same
   * @param hasPublished whether the run, or this group of it, has published a partition
   * @param hasOtherNights whether it may have compared other partitions, too
   * @param item the members of the run in a list, as an object
   * @param nights the newest partitions of which the report says how they compare with others
   */
  record Kept(
      String id,
      String modelVersion,
      String modelDigest,
      boolean hasPublished,
      boolean hasOtherNights,
      byte[] item,
      List<Night> nights) {
    private static Kept of(RunReport report) {
      RunSummary summary = RunSummary.of(report);
      Optional<RunReport.Model> model = report.start().model();
      return new Kept(
          report.start().run(),
          model.map(RunReport.Model::version).orElse(""),
          model.map(RunReport.Model::digest).orElse(""),
          !report.partitions().ofRun().isEmpty(),
          report.partitions().ofRun().size() + report.partitions().held().size() > MOST_NIGHTS,
          JsonText.compact(Documents.value(summary)),
          nights(report));
    }

    private static List<Night> nights(RunReport report) {
      Set<Partition> published = Set.copyOf(report.partitions().ofRun());
      return report.partitions().scored().stream()
          .filter(partition -> partition.drift().isPresent())
          .sorted(Comparator.comparing(Partition::path, PartitionValue.ORDER.reversed()))
          .limit(MOST_NIGHTS)
          .map(one -> Night.of(one, published.contains(one), one.drift().get()))
          .toList();
    }

    private Kept withoutNights() {
      return new Kept(
          id,
          modelVersion,
          modelDigest,
          hasPublished,
          hasOtherNights || !nights.isEmpty(),
          item,
          List.of());
    }

    private long bytes() {
      return 2L * (id.length() + modelVersion.length() + modelDigest.length()) + item.length;
    }
  }

  static EndedRun of(String directory, long modifiedMillis, RunReport report) {
    Instant began = Instant.parse(report.start().startedAt());
    return new EndedRun(directory, began, modifiedMillis, Optional.of(Kept.of(report)), "");
  }

  static EndedRun unreadable(String directory, long modifiedMillis, String problem) {
    Instant changed = Instant.ofEpochMilli(modifiedMillis);
    return new EndedRun(directory, changed, modifiedMillis, Optional.empty(), problem);
  }

  /** Writes the members of the run in a list. */
  void write(JsonGenerator json) throws IOException {
    json.writeStringField("run", directory);
    if (report.isPresent()) {
      JsonText.members(json, report.get().item());
    } else {
      json.writeStringField("problem", problem);
    }
  }

  /** Returns the run without the partitions that it has compared, which are read when needed. */
  EndedRun withoutNights() {
    return new EndedRun(directory, began, modifiedMillis, report.map(Kept::withoutNights), problem);
  }

  /** Returns how many bytes of the heap it takes without the partitions that it has compared. */
  long bytes() {
    return BYTES_BESIDE
        + 2L * (directory.length() + problem.length())
        + report.map(Kept::bytes).orElse(0L);
  }

  /** Returns how many bytes of the heap these partitions take. */
  long nightBytes() {
    return nights().stream().mapToLong(Night::bytes).sum();
  }

  /** Returns whether the run has this id, which others may have too. */
  boolean hasId(String id) {
    return report.filter(known -> known.id().equals(id)).isPresent();
  }

  /** Returns the newest partitions of which the report says how they compare with others. */
  List<Night> nights() {
    return report.map(Kept::nights).orElse(List.of());
  }

  /** Returns whether the run may have compared other partitions, too. */
  boolean hasOtherNights() {
    return report.filter(Kept::hasOtherNights).isPresent();
  }

  /** Returns whether the run, or this group of it, has published a partition. */
  boolean hasPublished() {
    return report.filter(Kept::hasPublished).isPresent();
  }

  /** Returns the version of the model that has scored; empty if none has, or it is not known. */
  Optional<String> modelVersion() {
    return report.map(Kept::modelVersion).filter(version -> !version.isEmpty());
  }

  /** Returns the digest of that model. */
  Optional<String> modelDigest() {
    return report.map(Kept::modelDigest).filter(digest -> !digest.isEmpty());
  }
}
